# shellcheck shell=bash
# What a control plane that takes the place of a lost one has to put in order before it joins: etcd counts the lost member
# for its majority until it is removed, and the Node still says which machine it was.

# The administrator's credential is signed here, from the authority that every control plane has.
sign_administrator() {
  kubeadm init phase kubeconfig admin --config "$SETTINGS/init.yaml" --kubeconfig-dir "$SCRATCH"
}

on_peer() {
  kubectl --kubeconfig "$SCRATCH/admin.conf" --server "https://$ANSWERING" --request-timeout 30s "$@"
}

forget_node() {
  local provider
  provider=$(on_peer get node "$NODE_NAME" --ignore-not-found --output 'jsonpath={.spec.providerID}')
  if [[ -n $provider && $provider != "openstack:///$INSTANCE_ID" ]]; then on_peer delete node "$NODE_NAME" --wait=false; fi
}

forget_member() {
  kubeadm init phase certs etcd-healthcheck-client --config "$SETTINGS/init.yaml"
  export ETCD_CA=$PKI/etcd/ca.crt ETCD_CERT=$PKI/etcd/healthcheck-client.crt ETCD_KEY=$PKI/etcd/healthcheck-client.key
  remove_stale_member "$NODE_NAME" "https://$NODE_ADDRESS:2380" "https://${ANSWERING%:*}:2379"
}

forget_predecessor() {
  sign_administrator
  forget_node
  [[ $ETCD == external ]] || forget_member
}
