# shellcheck shell=bash
# Runs on a control plane. Brings the cluster's Node objects of one batch of a pool in line with the machines that are wanted:
# labels and taints are set, nodes that are no longer wanted are drained and deleted. They stay as long as not all others of their
# batch have joined. A node stays, too, whose machine was to be replaced or changed when that failed; the failure at the end has
# Pulumi keep its machine. Which nodes the batch has, and what was set on them, is known from its record: a node can change what its
# own Node says of it.

# kubectl refuses to take away a taint that is not there.
remove_taint() {
  local node=$1 taint=$2 taints
  taints=$(admin_kubectl get node "$node" --output 'jsonpath={range .spec.taints[*]}{.key}:{.effect} {end}')
  [[ " $taints" != *" ${taint%%[=:]*}:${taint##*:} "* ]] || admin_kubectl taint node "$node" "$taint-"
}

# What an earlier run set and this one does not want any more.
remove_old_settings() {
  local node=$1 setting key
  for setting in ${APPLIED[$node]}; do
    key=${setting#*:}
    case $setting in
      label:*) [[ " $LABELS" == *" ${key%%=*}="* ]] || admin_kubectl label node "$node" "${key%%=*}-" ;;
      taint:*) [[ " $TAINTS " == *" $key "* ]] || remove_taint "$node" "$key" ;;
    esac
  done
}

apply_labels_and_taints() {
  local node=$1
  remove_old_settings "$node"
  # shellcheck disable=SC2086 # words on purpose: neither labels nor taints can have spaces
  [[ -z $LABELS ]] || admin_kubectl label --overwrite node "$node" $LABELS
  # shellcheck disable=SC2086
  [[ -z $TAINTS ]] || admin_kubectl taint --overwrite node "$node" $TAINTS
}

# Prints the labels and taints that are wanted, as they are noted.
wanted_settings() {
  local label taint
  for label in $LABELS; do printf 'label:%s ' "$label"; done
  for taint in $TAINTS; do printf 'taint:%s ' "$taint"; done
}

# Reads the batch's record: NODES, and of each its MACHINE and what was APPLIED; and which of them are REGISTERED.
read_batch() {
  local record node id addresses settings
  declare -gA MACHINE=() APPLIED=()
  NODES=()
  REGISTERED=""
  record=$(print_record "$(record_of_batch)") || fail "the Kubernetes API does not answer"
  while read -r node id addresses settings; do
    [[ -n $node ]] || continue
    NODES+=("$node")
    MACHINE[$node]="$id $addresses"
    APPLIED[$node]=$settings
  done <<<"$record"
  ((${#NODES[@]} == 0)) || REGISTERED=$(admin_kubectl get nodes "${NODES[@]}" --ignore-not-found --output name) || fail "the Kubernetes API does not answer"
}

has_node() { [[ $'\n'$REGISTERED$'\n' == *$'\n'"node/$1"$'\n'* ]]; }

# Whether a node is wanted, and has joined.
is_settled() { is_wanted "$1" && has_node "$1"; }

# Notes what is about to be set on Nodes beside what was, so that an interrupted run forgets nothing.
record_planned_settings() {
  local node setting settings changes=""
  for node in "${NODES[@]}"; do
    is_settled "$node" || continue
    settings=${APPLIED[$node]}
    for setting in $(wanted_settings); do
      [[ " $settings " == *" $setting "* ]] || settings+="${settings:+ }$setting"
    done
    [[ $settings == "${APPLIED[$node]}" ]] || changes+="$node ${MACHINE[$node]} $settings"$'\n'
    APPLIED[$node]=$settings
  done
  [[ -z $changes ]] || printf '%s' "$changes" | write_batch_record
}

# Notes what is set on Nodes now, and forgets those that are gone.
record_applied_settings() {
  local node settings changes=""
  settings=$(wanted_settings)
  settings=${settings% }
  for node in "${NODES[@]}"; do
    if [[ " $REMOVED " == *" $node "* ]]; then
      changes+="$node"$'\n'
    elif is_settled "$node" && ! same_words "${APPLIED[$node]}" "$settings"; then
      changes+="$node ${MACHINE[$node]} $settings"$'\n'
    fi
  done
  [[ -z $changes ]] || printf '%s' "$changes" | write_batch_record
}

same_words() { [[ $(tr ' ' '\n' <<<"$1" | sort) == $(tr ' ' '\n' <<<"$2" | sort) ]]; }

# Whether a node is, or was, the machine of a resource that this run knows nothing of: Pulumi calls it by the resource's name and a suffix.
is_absent() {
  local resource
  for resource in $ABSENT_MACHINES; do
    [[ $1 != *"$resource-"* ]] || return 0
  done
  return 1
}

# Takes a node out that is no longer wanted; one that was noted and never joined is only forgotten.
remove_unwanted_node() {
  ! has_node "$1" || run "drain and delete node $1" remove_node "$1"
}

reconcile_pool() {
  local node failed=0
  declare -A jobs=()
  REMOVED=""
  read_batch
  record_planned_settings
  for node in "${NODES[@]}"; do
    if is_wanted "$node"; then
      # One that has not joined is a failure already.
      ! has_node "$node" || run "labels and taints of $node" apply_labels_and_taints "$node"
    elif is_absent "$node"; then
      log "failed: $node stays as it is, because its machine was not replaced or changed; run \`pulumi up\` again"
      failed=1
    elif [[ -n $FAILED_NODES ]]; then
      log "$node stays, because not all of its batch have joined: $FAILED_NODES"
    else
      remove_unwanted_node "$node" &
      jobs[$node]=$!
    fi
  done
  for node in "${!jobs[@]}"; do
    if wait "${jobs[$node]}"; then REMOVED+=" $node"; else failed=1; fi
  done
  if ((${#NODES[@]} > $(wc -w <<<"$REMOVED"))); then record_applied_settings; else delete_record "$(record_of_batch)"; fi
  ((failed == 0)) || exit 1
}
