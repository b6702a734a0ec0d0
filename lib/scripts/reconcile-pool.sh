# shellcheck shell=bash
# Reconciles the Nodes of one batch of a pool with the wanted machines. Runs on a control plane. It sets labels and taints, and
# drains and deletes nodes that are no longer wanted. These stay until all others of their batch have joined. A node also stays when
# the replacement or update of its machine failed; the script then fails at the end, so that Pulumi keeps the machine. The nodes of
# the batch, and their labels and taints, are read from its record, because a node can change its own Node.

# remove_taint NODE TAINT: checks that the taint exists, because kubectl refuses to remove a missing one.
remove_taint() {
  local node=$1 taint=$2 taints
  taints=$(admin_kubectl get node "$node" --output 'jsonpath={range .spec.taints[*]}{.key}:{.effect} {end}')
  [[ " $taints" != *" ${taint%%[=:]*}:${taint##*:} "* ]] || admin_kubectl taint node "$node" "$taint-"
}

# read_node_labels: sets OWN_LABELS of each node, which tell its place.
read_node_labels() {
  local node labels
  declare -gA OWN_LABELS=()
  while read -r node labels; do
    [[ -z $node ]] || OWN_LABELS[$node]=$labels
  done <<<"$NODE_LABELS"
}

# labels_of NODE: prints the labels of a node: those of its pool, and its own.
# shellcheck disable=SC2153 # LABELS is of the input
labels_of() { echo "$LABELS ${OWN_LABELS[$1]:-}"; }

# Removes labels and taints that an earlier run set and that are no longer wanted.
remove_old_settings() {
  local node=$1 setting key labels
  labels=$(labels_of "$node")
  for setting in ${APPLIED[$node]}; do
    key=${setting#*:}
    case $setting in
      label:*) [[ " $labels" == *" ${key%%=*}="* ]] || admin_kubectl label node "$node" "${key%%=*}-" ;;
      taint:*) [[ " $TAINTS " == *" $key "* ]] || remove_taint "$node" "$key" ;;
    esac
  done
}

apply_labels_and_taints() {
  local node=$1 labels
  labels=$(labels_of "$node")
  remove_old_settings "$node"
  # shellcheck disable=SC2086 # split into words, because neither labels nor taints can have spaces
  [[ -z ${labels// /} ]] || admin_kubectl label --overwrite node "$node" $labels
  # shellcheck disable=SC2086
  [[ -z $TAINTS ]] || admin_kubectl taint --overwrite node "$node" $TAINTS
}

# wanted_settings NODE: prints the wanted labels and taints in the format of the record.
wanted_settings() {
  local label taint
  for label in $(labels_of "$1"); do printf 'label:%s ' "$label"; done
  for taint in $TAINTS; do printf 'taint:%s ' "$taint"; done
}

# Reads the batch's record into NODES, and for each node MACHINE and APPLIED (its labels and taints). REGISTERED gets the nodes that
# have a Node.
read_batch() {
  local record node id addresses settings
  declare -gA MACHINE=() APPLIED=()
  NODES=()
  REGISTERED=""
  record=$(print_record "$(record_of_batch)") || fail "the Kubernetes API does not answer on this control plane; look at kube-apiserver and etcd there"
  while read -r node id addresses settings; do
    [[ -n $node ]] || continue
    NODES+=("$node")
    MACHINE[$node]="$id $addresses"
    APPLIED[$node]=$settings
  done <<<"$record"
  ((${#NODES[@]} == 0)) || REGISTERED=$(admin_kubectl get nodes "${NODES[@]}" --ignore-not-found --output name) || fail "the Kubernetes API does not answer on this control plane; look at kube-apiserver and etcd there"
}

has_node() { [[ $'\n'$REGISTERED$'\n' == *$'\n'"node/$1"$'\n'* ]]; }

# is_settled NODE: succeeds when a node is wanted and has joined.
is_settled() { is_wanted "$1" && has_node "$1"; }

# Records the labels and taints that will be set, beside those that were set, so that none is lost in an interrupted run.
record_planned_settings() {
  local node setting settings changes=""
  for node in "${NODES[@]}"; do
    is_settled "$node" || continue
    settings=${APPLIED[$node]}
    for setting in $(wanted_settings "$node"); do
      [[ " $settings " == *" $setting "* ]] || settings+="${settings:+ }$setting"
    done
    [[ $settings == "${APPLIED[$node]}" ]] || changes+="$node ${MACHINE[$node]} $settings"$'\n'
    APPLIED[$node]=$settings
  done
  [[ -z $changes ]] || printf '%s' "$changes" | write_batch_record
}

# Records the labels and taints that are set now, and removes deleted nodes from the record.
record_applied_settings() {
  local node settings changes=""
  for node in "${NODES[@]}"; do
    settings=$(wanted_settings "$node")
    settings=${settings% }
    if [[ " $REMOVED " == *" $node "* ]]; then
      changes+="$node"$'\n'
    elif is_settled "$node" && ! same_words "${APPLIED[$node]}" "$settings"; then
      changes+="$node ${MACHINE[$node]} $settings"$'\n'
    fi
  done
  [[ -z $changes ]] || printf '%s' "$changes" | write_batch_record
}

same_words() { [[ $(tr ' ' '\n' <<<"$1" | sort) == $(tr ' ' '\n' <<<"$2" | sort) ]]; }

# is_absent NODE: succeeds when the node is an earlier machine of a resource whose machine this run does not know. Its name is the
# resource's with Pulumi's suffix.
is_absent() {
  local resource
  for resource in $ABSENT_MACHINES; do
    [[ $1 != *"$resource-"* ]] || return 0
  done
  return 1
}

# Removes a node that is no longer wanted. A node that never joined is only removed from the record.
remove_unwanted_node() {
  ! has_node "$1" || run "drain and delete node $1" remove_node "$1"
}

# Deletes the record of the batch. The pool's last batch takes the pool's record of changes with it (node-places.py).
delete_batch_records() {
  local records
  delete_record "$(record_of_batch)"
  records=$(print_records)
  [[ $records == *"caravan-nodes-$OWNER-"* ]] || delete_record "caravan-changes-$OWNER"
}

reconcile_pool() {
  local node failed=0
  declare -A jobs=()
  REMOVED=""
  read_node_labels
  read_batch
  record_planned_settings
  for node in "${NODES[@]}"; do
    if is_wanted "$node"; then
      # A machine that has not joined was reported as a failure already.
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
  if ((${#NODES[@]} > $(wc -w <<<"$REMOVED"))); then record_applied_settings; else delete_batch_records; fi
  ((failed == 0)) || exit 1
}
