# shellcheck shell=bash
# Runs on a control plane. Takes those out of the cluster that are no longer wanted, while their machines still run, and
# scales CoreDNS, whose number of replicas kubeadm leaves as it finds it.

export DRAIN_SECONDS=300

remove_control_plane() {
  local node=$1 address
  address=$(admin_kubectl get node "$node" --output 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}')
  # Drained while its own API server still has its etcd: that is the one that its kubelet hears of evictions from.
  drain_node "$node"
  [[ $ETCD == external ]] || remove_stale_member "$node" "https://$address:2380" https://127.0.0.1:2379
  delete_node "$node"
  write_record "$CONTROL_PLANE_RECORD" <<<"$node"
}

reconcile_control_planes() {
  local node nodes pki=/etc/kubernetes/pki/etcd
  export ETCD_CA=$pki/ca.crt ETCD_CERT=$pki/healthcheck-client.crt ETCD_KEY=$pki/healthcheck-client.key
  nodes=$(admin_kubectl get nodes --selector node-role.kubernetes.io/control-plane --output 'jsonpath={.items[*].metadata.name}') || fail "the Kubernetes API does not answer"
  for node in $nodes; do
    # One after the other: etcd must keep its majority.
    is_wanted "$node" || run "drain and forget control plane $node" remove_control_plane "$node"
  done
  [[ -z ${DNS_REPLICAS:-} ]] || run "$DNS_REPLICAS replicas of CoreDNS" admin_kubectl scale deployment coredns --namespace kube-system --replicas "$DNS_REPLICAS"
}
