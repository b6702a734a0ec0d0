# shellcheck shell=bash
# Removes nodes from the cluster whose machines are lost or will be deleted. Runs on a control plane.

# Seconds between two checks of a node during its drain.
readonly LOOK_SECONDS=10

# admin_kubectl ARGUMENTS...: runs kubectl as administrator. Retries while the API may be moving to another control plane.
admin_kubectl() {
  local errors deadline=$((SECONDS + TAKEOVER_SECONDS)) code=0
  errors=$(mktemp "$SCRATCH/kubectl.XXXXXX")
  until timeout $((${DRAIN_SECONDS:-0} + 60)) kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s "$@" 2>"$errors"; do
    if ((SECONDS >= deadline)) || ! grep --quiet --extended-regexp "$TAKEOVER" "$errors"; then
      code=1
      break
    fi
    sleep 2
  done
  cat "$errors" >&2
  rm -f "$errors"
  return $code
}

is_wanted() {
  local node
  for node in $WANTED_NODES; do
    [[ $node != "$1" ]] || return 0
  done
  return 1
}

# node_readiness NODE: prints the status of the Node's condition Ready: True, False, or Unknown once its kubelet has been silent for
# some time. Prints nothing when the Node does not exist.
node_readiness() {
  admin_kubectl get node "$1" --ignore-not-found --output 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'
}

# stop_drain PROCESS: ends a drain in the background.
stop_drain() {
  local children
  children=$(pgrep --parent "$1") || true
  # shellcheck disable=SC2086 # one word a process
  kill "$1" $children 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

drain_node() {
  local node=$1 ready drain looked=$SECONDS
  ready=$(node_readiness "$node")
  [[ -z $ready ]] || admin_kubectl cordon "$node"
  # Nothing can be evicted from a lost machine. The deletion of the Node frees its pods.
  [[ $ready == True ]] || return 0
  admin_kubectl drain "$node" --ignore-daemonsets --delete-emptydir-data --force --timeout "${DRAIN_SECONDS}s" &
  drain=$!
  # Kubernetes reports a machine as ready for a while after it is lost.
  while kill -0 "$drain" 2>/dev/null; do
    sleep 0.5
    ((SECONDS >= looked + LOOK_SECONDS)) || continue
    looked=$SECONDS
    ready=$(node_readiness "$node") || continue
    [[ -z $ready || $ready == Unknown ]] || continue
    log "the drain of $node ends early: its machine does not answer any more"
    stop_drain "$drain"
    return 0
  done
  wait "$drain"
}

delete_node() {
  admin_kubectl delete node "$1" --wait=false --ignore-not-found
}

remove_node() {
  drain_node "$1"
  delete_node "$1"
}
