# shellcheck shell=bash
# The image of etcd that kubeadm names, where none is configured.

default_etcd_image() {
  local images
  images=$(kubeadm config images list --kubernetes-version "v$KUBERNETES_VERSION" ${IMAGE_REPOSITORY:+--image-repository "$IMAGE_REPOSITORY"})
  grep '/etcd:' <<<"$images" || fail "kubeadm names no image of etcd for Kubernetes $KUBERNETES_VERSION, only: $images; give etcd.etcdVersion"
}
