# shellcheck shell=bash
# Runs on a control plane: takes nodes out of the cluster whose machines are about to go, or are gone.

# What kubectl says while an API server goes and another takes over its address, or etcd elects a leader.
readonly TAKEOVER='Unable to connect to the server|connection to the server .* was refused|connection (refused|reset)|handshake timeout|context deadline exceeded|unexpected EOF|http2: |etcdserver: |ServiceUnavailable'
readonly TAKEOVER_SECONDS=90

# kubectl as administrator, again as long as the API may be on its way to another control plane.
cluster() {
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

wanted() {
  local node
  for node in $WANTED_NODES; do
    [[ $node != "$1" ]] || return 0
  done
  return 1
}

drain_node() {
  local node=$1 ready
  ready=$(cluster get node "$node" --output 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')
  cluster cordon "$node"
  # Nothing can be evicted from a machine that is gone: deleting the Node frees its pods.
  [[ $ready != True ]] || cluster drain "$node" --ignore-daemonsets --delete-emptydir-data --force --timeout "${DRAIN_SECONDS}s"
}

delete_node() {
  cluster delete node "$1" --wait=false --ignore-not-found
}

remove_node() {
  drain_node "$1"
  delete_node "$1"
}
