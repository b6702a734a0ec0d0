# shellcheck shell=bash
# Takes this node out of service for its upgrade, and gives it back. A node that a person cordoned stays so.

# Says that this node was cordoned here.
readonly CORDONED=$STATE/cordoned

# Seconds for the pods of a control plane to end.
readonly UPGRADE_DRAIN_SECONDS=300

cordon_own_node() {
  local unschedulable
  [[ ! -f $CORDONED ]] || return 0
  unschedulable=$(local_kubectl get node "$NODE_NAME" --output 'jsonpath={.spec.unschedulable}')
  [[ $unschedulable != true ]] || return 0
  touch "$CORDONED"
  local_kubectl cordon "$NODE_NAME"
}

# drain_obstacles: prints the PodDisruptionBudgets that keep pods on this node, with their pods, and the pods that have not ended.
drain_obstacles() {
  local pods budgets
  pods=$(local_kubectl get pods --all-namespaces --field-selector "spec.nodeName=$NODE_NAME" --output json) &&
    budgets=$(local_kubectl get poddisruptionbudgets --all-namespaces --output json) || return 1
  printf '%s\n\0%s' "$pods" "$budgets" | python3 -I -c "$PROGRAM"
}

drain_own_node() {
  local obstacles
  cordon_own_node
  # Without its kubelet, no pod ends. It may be what this run cures.
  kubelet_is_healthy || { progress "its kubelet does not run, so no pods are moved away" && return; }
  timeout $((UPGRADE_DRAIN_SECONDS + 60)) kubectl --kubeconfig /etc/kubernetes/admin.conf --server "https://$NODE_ADDRESS:6443" drain "$NODE_NAME" \
    --ignore-daemonsets --delete-emptydir-data --force --timeout "${UPGRADE_DRAIN_SECONDS}s" && return
  obstacles=$(drain_obstacles) || obstacles=""
  fail "the drain of this node did not end within $UPGRADE_DRAIN_SECONDS s${obstacles:+: $obstacles}; start more replicas elsewhere, or change the budget"
}

# Gives the node back. Its own API server may not run, so the endpoint's is asked.
return_own_node() {
  [[ -f $CORDONED ]] || return 0
  DRAIN_SECONDS=$UPGRADE_DRAIN_SECONDS admin_kubectl uncordon "$NODE_NAME" >/dev/null || return 1
  rm -f "$CORDONED"
}
