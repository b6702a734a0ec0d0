# shellcheck shell=bash
# Removes control planes from the cluster that are no longer wanted, while their machines still run. Also scales CoreDNS,
# because kubeadm never changes its number of replicas. Runs on a control plane.

export DRAIN_SECONDS=300

# Answers in a row, one each second, after which load balancers have noticed that an API server has lost its etcd. haproxy takes 4 checks
# of 2 s with a timeout of 5 s (lib/control-plane/virtual-address.ts), Octavia's monitor 3 of 5 s.
readonly STEADY_ANSWERS=20
readonly STEADY_SECONDS=180

remove_control_plane() {
  local node=$1 address
  address=$(admin_kubectl get node "$node" --output 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}')
  # Drained before its etcd member is removed: its kubelet learns of evictions from its own API server, which needs that etcd.
  drain_node "$node"
  [[ $ETCD == external ]] || remove_stale_member "$node" "https://$address:2380" https://127.0.0.1:2379
  delete_node "$node"
  write_record "$CONTROL_PLANE_RECORD" <<<"$node"
  admin_kubectl --namespace kube-system patch configmap "$CERTIFICATE_RECORD" --type merge --patch "{\"data\":{\"$node\":null}}" >/dev/null ||
    log "the record of the certificates of $node was not removed"
}

api_answers() {
  timeout 10 kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 5s get namespace kube-system >/dev/null
}

# Waits until requests to the cluster's endpoint no longer reach API servers that have lost their etcd. What needs the API next does not
# retry: Helm, and Pulumi's provider for Kubernetes.
await_steady_api() {
  local answers=0 deadline=$((SECONDS + STEADY_SECONDS))
  while ((answers < STEADY_ANSWERS)); do
    if api_answers; then answers=$((answers + 1)); else answers=0; fi
    ((SECONDS < deadline)) || fail "the Kubernetes API did not answer $STEADY_ANSWERS times in a row within $STEADY_SECONDS s"
    sleep 1
  done
}

reconcile_control_planes() {
  local node nodes removed="" pki=/etc/kubernetes/pki/etcd
  export ETCD_CA=$pki/ca.crt ETCD_CERT=$pki/healthcheck-client.crt ETCD_KEY=$pki/healthcheck-client.key
  nodes=$(admin_kubectl get nodes --selector node-role.kubernetes.io/control-plane --output 'jsonpath={.items[*].metadata.name}') || fail "the Kubernetes API does not answer on this control plane; look at kube-apiserver and etcd there"
  for node in $nodes; do
    # One after another, because etcd must keep its majority.
    is_wanted "$node" && continue
    run "drain and forget control plane $node" remove_control_plane "$node"
    removed+=" $node"
  done
  [[ -z $removed ]] || run "steady answers of the API without$removed" await_steady_api
  finish_upgrade
  [[ -z ${DNS_REPLICAS:-} ]] || run "$DNS_REPLICAS replicas of CoreDNS" admin_kubectl scale deployment coredns --namespace kube-system --replicas "$DNS_REPLICAS"
}
