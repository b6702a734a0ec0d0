# shellcheck shell=bash
# Runs on a control plane. Brings the cluster's Node objects of one batch of a pool in line with the machines that are wanted:
# labels and taints are set, nodes that are no longer wanted are drained and deleted. They stay as long as not all others of their
# batch have joined. A node stays, too, whose machine was to be replaced or changed when that failed; the failure at the end has
# Pulumi keep its machine.

readonly SELECTOR="caravan.dev/pool=$POOL,caravan.dev/batch=$BATCH"
readonly APPLIED=caravan.dev/applied

# kubectl refuses to take away a taint that is not there.
drop_taint() {
  local node=$1 taint=$2 taints
  taints=$(cluster get node "$node" --output 'jsonpath={range .spec.taints[*]}{.key}:{.effect} {end}')
  [[ " $taints" != *" ${taint%%[=:]*}:${taint##*:} "* ]] || cluster taint node "$node" "$taint-"
}

# What an earlier run set and this one does not want any more.
drop_old_settings() {
  local node=$1 applied setting key
  applied=$(cluster get node "$node" --output "jsonpath={.metadata.annotations['${APPLIED//./\\.}']}")
  for setting in $applied; do
    key=${setting#*:}
    case $setting in
      label:*) [[ " $LABELS" == *" ${key%%=*}="* ]] || cluster label node "$node" "${key%%=*}-" ;;
      taint:*) [[ " $TAINTS " == *" $key "* ]] || drop_taint "$node" "$key" ;;
    esac
  done
}

apply_settings() {
  local node=$1 label taint applied=""
  drop_old_settings "$node"
  for label in $LABELS; do applied+="label:$label "; done
  for taint in $TAINTS; do applied+="taint:$taint "; done
  # shellcheck disable=SC2086 # words on purpose: neither labels nor taints can have spaces
  [[ -z $LABELS ]] || cluster label --overwrite node "$node" $LABELS
  # shellcheck disable=SC2086
  [[ -z $TAINTS ]] || cluster taint --overwrite node "$node" $TAINTS
  cluster annotate --overwrite node "$node" "$APPLIED=$applied"
}

# Whether a node is, or was, the machine of a resource that this run knows nothing of: Pulumi calls it by the resource's name and a suffix.
is_absent() {
  local resource
  for resource in $ABSENT_MACHINES; do
    [[ $1 != *"$resource-"* ]] || return 0
  done
  return 1
}

reconcile_pool() {
  local node nodes job jobs=() failed=0
  nodes=$(cluster get nodes --selector "$SELECTOR" --output 'jsonpath={.items[*].metadata.name}') || fail "the Kubernetes API does not answer"
  for node in $nodes; do
    if wanted "$node"; then
      run "labels and taints of $node" apply_settings "$node"
    elif is_absent "$node"; then
      log "failed: $node stays as it is, because its machine was not replaced or changed; run \`pulumi up\` again"
      failed=1
    elif [[ -n $FAILED_NODES ]]; then
      log "$node stays, because not all of its batch have joined: $FAILED_NODES"
    else
      run "drain and delete node $node" remove_node "$node" &
      jobs+=($!)
    fi
  done
  for job in "${jobs[@]}"; do wait "$job" || failed=1; done
  ((failed == 0)) || exit 1
}
