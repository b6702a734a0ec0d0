# shellcheck shell=bash
# Measures on a control plane that keep a machine from becoming another node.

local_kubectl() {
  kubectl --kubeconfig /etc/kubernetes/admin.conf --server "https://$NODE_ADDRESS:6443" --request-timeout 30s "$@"
}

# Nodes join with certificates of their own. kubeadm's rights for token holders would let any of them become any node.
revoke_token_rights() {
  local_kubectl delete --ignore-not-found --wait=false --namespace kube-public \
    clusterrolebinding/kubeadm:{kubelet-bootstrap,node-autoapprove-bootstrap,get-nodes} clusterrole/kubeadm:get-nodes \
    {rolebinding,role}/kubeadm:bootstrap-signer-clusterinfo
}

# Records the addresses for which this machine's kubelet may have a certificate.
record_control_plane() {
  export DRAIN_SECONDS=0
  write_record "$CONTROL_PLANE_RECORD" <<<"$NODE_NAME $INSTANCE_ID $NODE_ADDRESS${API_ADDRESSES:+,$API_ADDRESSES}"
}

restrict_joins() {
  revoke_token_rights
  record_control_plane
}
