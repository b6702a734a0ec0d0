# shellcheck shell=bash
# Brings what runs on a control plane in line with settings that have changed since it was started.

settings_digest() {
  sha256sum <<<"$FILES" | cut -d " " -f 1
}

# The kubelet gives each static pod the hash of its manifest.
running_api_server() {
  kubectl --kubeconfig /etc/kubernetes/admin.conf --server "https://$NODE_ADDRESS:6443" --request-timeout 10s --namespace kube-system \
    get pod "kube-apiserver-$NODE_NAME" --output 'jsonpath={.metadata.annotations.kubernetes\.io/config\.hash}'
}

api_server_changed() {
  local now
  now=$(running_api_server) && [[ -n $now && $now != "$1" ]]
}

# Names and addresses may have come; the API server reads its certificate anew by itself.
renew_serving_certificate() {
  rm -f "$PKI/apiserver.crt" "$PKI/apiserver.key"
  kubeadm init phase certs apiserver --config "$SETTINGS/init.yaml"
}

rewrite_manifests() {
  local before manifest=/etc/kubernetes/manifests/kube-apiserver.yaml
  before=$(running_api_server)
  cp "$manifest" "$SCRATCH/kube-apiserver.yaml"
  kubeadm init phase control-plane all --config "$SETTINGS/init.yaml"
  cmp --silent "$manifest" "$SCRATCH/kube-apiserver.yaml" || wait_for 180 "the API server starting with its new settings" api_server_changed "$before"
  wait_for 180 "this control plane's API at $NODE_ADDRESS:6443 being ready" answers "$NODE_ADDRESS:6443"
}

apply_kubelet_settings() {
  kubeadm init phase upload-config all --config "$SETTINGS/init.yaml" --kubeconfig /etc/kubernetes/admin.conf
  cp /var/lib/kubelet/config.yaml "$SCRATCH/kubelet.yaml"
  kubeadm upgrade node phase kubelet-config
  cmp --silent /var/lib/kubelet/config.yaml "$SCRATCH/kubelet.yaml" || systemctl restart kubelet
}

apply_settings() {
  renew_serving_certificate
  rewrite_manifests
  apply_kubelet_settings
  settings_digest >"$READY"
}
