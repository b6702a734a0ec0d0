# shellcheck shell=bash
# Limits of Kubernetes on an upgrade. The machine itself checks them, because the program may not have reached the API.

# Most minor versions by which a kubelet may be older than an API server (https://kubernetes.io/releases/version-skew-policy/).
readonly KUBELET_SKEW=3

# check_step FROM TO WHAT: fails when a control plane cannot go from one version to another at once.
check_step() {
  local from=$1 to=$2 what=$3
  if is_older "$to" "$from"; then
    fail "$what runs Kubernetes $from, and $to is older, but Kubernetes does not go back; give kubernetesVersion $from or later"
  elif (($(minor_of "$to") > $(minor_of "$from") + 1)); then
    fail "$what runs Kubernetes $from, and $to is more than one minor version later; give a kubernetesVersion of 1.$(($(minor_of "$from") + 1)) first"
  fi
}

# check_servers TO: reads lines of a node and the image of its API server.
check_servers() {
  local node image
  while read -r node image; do
    [[ -z $node ]] || check_step "${image##*:v}" "$1" "the API server on $node"
  done
}

# check_kubelets TO: reads lines of a node and the version of its kubelet.
check_kubelets() {
  local node version
  while read -r node version; do
    [[ -n $node ]] || continue
    (($(minor_of "$version") + KUBELET_SKEW >= $(minor_of "$1"))) ||
      fail "the kubelet of $node is $version, more than $KUBELET_SKEW minor versions older than $1; upgrade its pool first, or remove the node"
  done
}

# check_others: reads lines of a control plane and the status of its condition Ready. This control plane itself may be what is to be cured.
check_others() {
  local node ready
  while read -r node ready; do
    [[ -z $node || $node == "$NODE_NAME" || $ready == True ]] ||
      fail "control plane $node is not Ready, and while it is not, no other one restarts for an upgrade; start it again, or replace its machine"
  done
}

readonly SERVER_IMAGES='jsonpath={range .items[*]}{.spec.nodeName} {.spec.containers[0].image}{"\n"}{end}'
readonly KUBELET_VERSIONS='jsonpath={range .items[*]}{.metadata.name} {.status.nodeInfo.kubeletVersion}{"\n"}{end}'
readonly READINESS='jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}'

# server_images KUBECTL: prints each control plane with the image of its API server.
server_images() { "$1" --namespace kube-system get pods --selector component=kube-apiserver --output "$SERVER_IMAGES"; }

# check_upgrade: fails when this control plane cannot be upgraded now. Nothing has changed then.
check_upgrade() {
  local servers kubelets others from to=$KUBERNETES_VERSION
  from=$(image_tag kube-apiserver)
  [[ -n $from ]] || fail "$MANIFESTS/kube-apiserver.yaml names no version of Kubernetes, so this control plane is not upgraded; replace its machine"
  check_step "$from" "$to" "this control plane"
  if ! servers=$(server_images local_kubectl) ||
    ! kubelets=$(local_kubectl get nodes --output "$KUBELET_VERSIONS") ||
    ! others=$(local_kubectl get nodes --selector node-role.kubernetes.io/control-plane --output "$READINESS"); then
    fail "the API server of this control plane does not answer, so it is not upgraded; repair it with the version that it runs, $from"
  fi
  check_servers "$to" <<<"$servers"
  check_kubelets "$to" <<<"$kubelets"
  check_others <<<"$others"
}
