# shellcheck shell=bash
# Runs on a control plane: takes nodes out of the cluster whose machines are about to go, or are gone.

# What kubectl says while an API server goes and another takes over its address, or etcd elects a leader.
readonly TAKEOVER='Unable to connect to the server|connection to the server .* was refused|connection (refused|reset)|handshake timeout|context deadline exceeded|unexpected EOF|http2: |etcdserver: |ServiceUnavailable'
readonly TAKEOVER_SECONDS=90

# Between two looks at a node that is drained.
readonly LOOK_SECONDS=10

# kubectl as administrator, again as long as the API may be on its way to another control plane.
admin_kubectl() {
  local errors deadline=$((SECONDS + TAKEOVER_SECONDS)) code=0
  errors=$(mktemp "$SCRATCH/kubectl.XXXXXX")
  until timeout $((DRAIN_SECONDS + 60)) kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s "$@" 2>"$errors"; do
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

# Whether a node is ready, as Kubernetes has it: True, False, or Unknown once its kubelet was silent for some time; nothing of one that is gone.
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
  # Nothing can be evicted from a machine that is gone: deleting the Node frees its pods.
  [[ $ready == True ]] || return 0
  admin_kubectl drain "$node" --ignore-daemonsets --delete-emptydir-data --force --timeout "${DRAIN_SECONDS}s" &
  drain=$!
  # Of a machine that went just now, Kubernetes still says for a while that it is ready.
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
