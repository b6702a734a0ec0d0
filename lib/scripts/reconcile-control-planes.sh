# shellcheck shell=bash
# Removes control planes from the cluster that are no longer wanted, while their machines still run. Also scales CoreDNS,
# because kubeadm never changes its number of replicas. Runs on a control plane.

export DRAIN_SECONDS=300

remove_control_plane() {
  local node=$1 address
  address=$(admin_kubectl get node "$node" --output 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}')
  # Drained before its etcd member is removed: its kubelet learns of evictions from its own API server, which needs that etcd.
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
    # One after another, because etcd must keep its majority.
    is_wanted "$node" || run "drain and forget control plane $node" remove_control_plane "$node"
  done
  [[ -z ${DNS_REPLICAS:-} ]] || run "$DNS_REPLICAS replicas of CoreDNS" admin_kubectl scale deployment coredns --namespace kube-system --replicas "$DNS_REPLICAS"
}
