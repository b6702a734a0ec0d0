# shellcheck shell=bash
# revoke_token_rights KUBECTL: nodes join with certificates of their own. kubeadm's rights for token holders would let any of them become
# any node.
revoke_token_rights() {
  "$1" delete --ignore-not-found --wait=false --namespace kube-public \
    clusterrolebinding/kubeadm:{kubelet-bootstrap,node-autoapprove-bootstrap,get-nodes} clusterrole/kubeadm:get-nodes \
    {rolebinding,role}/kubeadm:bootstrap-signer-clusterinfo
}
