# shellcheck shell=bash
# Runs on a control plane: takes nodes out of the cluster whose machines are about to go, or are gone.

cluster() {
  timeout $((DRAIN_SECONDS + 60)) kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s "$@"
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
  cluster delete node "$1" --wait=false
}

remove_node() {
  drain_node "$1"
  delete_node "$1"
}
