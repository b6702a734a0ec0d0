# shellcheck shell=bash
# Cleanup before a control plane joins in place of a lost one. etcd counts the lost member for its majority until it is
# removed, and the Node still has the lost machine's provider ID.

# Signs the administrator's credential here, by the CA that every control plane has.
sign_admin_kubeconfig() {
  kubeadm init phase kubeconfig admin --config "$SETTINGS/init.yaml" --kubeconfig-dir "$SCRATCH"
  [[ ! -f $SCRATCH/admin.conf ]] || trust_cas "$SCRATCH/admin.conf" "$PKI/ca.crt"
}

peer_kubectl() {
  kubectl --kubeconfig "$SCRATCH/admin.conf" --server "https://$ANSWERING" --request-timeout 30s "$@"
}

remove_predecessor_node() {
  local provider
  provider=$(peer_kubectl get node "$NODE_NAME" --ignore-not-found --output 'jsonpath={.spec.providerID}')
  # kubeadm refuses to join as a Node that was ready when the snapshot was taken.
  if [[ -n $provider && ($provider != "openstack:///$INSTANCE_ID" || -f $JOINS_AGAIN) ]]; then peer_kubectl delete node "$NODE_NAME" --wait=false; fi
}

remove_predecessor_member() {
  kubeadm init phase certs etcd-healthcheck-client --config "$SETTINGS/init.yaml"
  export ETCD_CA=$PKI/etcd/ca.crt ETCD_CERT=$PKI/etcd/healthcheck-client.crt ETCD_KEY=$PKI/etcd/healthcheck-client.key
  remove_stale_member "$NODE_NAME" "https://$NODE_ADDRESS:2380" "https://${ANSWERING%:*}:2379"
}

remove_predecessor() {
  sign_admin_kubeconfig
  remove_predecessor_node
  [[ $ETCD == external ]] || remove_predecessor_member
}
