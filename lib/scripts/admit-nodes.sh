# shellcheck shell=bash
# Runs on a control plane, before the machines of a batch join. Notes which nodes there are to be, and prints for each machine
# that is to become one, and no other, what it joins with: a line with its name, and shell assignments, base64.

export DRAIN_SECONDS=0

# Prints the Nodes among some that there are, and whether each is ready.
print_node_readiness() {
  admin_kubectl get nodes "$@" --ignore-not-found --no-headers --output 'custom-columns=:.metadata.name,:.status.conditions[?(@.type=="Ready")].status'
}

# replaces_machine NODE ID: whether a machine takes the place of another of its name.
replaces_machine() {
  local known=${NOTES[$1]:-$2}
  [[ ${known%% *} != "$2" ]]
}

# needs_credential NODE ID: whether a machine has not joined. One has whose kubelet reports; of one that is silent, the kubelet
# may be gone, as after a reset.
needs_credential() {
  [[ -z ${READY[$1]:-} || ${READY[$1]} == Unknown ]] || replaces_machine "$1" "$2"
}

admit_node() {
  sign_node "$1"
  printf '%s %s\n' "$1" "$(printf "CLIENT_CERTIFICATE='%s'\nCLIENT_KEY='%s'\n" "$CLIENT_CERTIFICATE" "$CLIENT_KEY" | base64 --wrap 0)"
}

# Reads what is known: NOTES of this batch's nodes, and the record that another node is in.
read_records() {
  local own record node note
  own=$(record_of_batch)
  while read -r record node note; do
    [[ -n $record ]] || continue
    if [[ $record == "$own" ]]; then NOTES[$node]=$note; else ELSEWHERE[$node]=$record; fi
  done <<<"$1"
}

# Prints what is noted of each machine from now on; what was set on a Node stays noted.
print_notes() {
  local node id address settings
  while read -r node id address; do
    [[ -z ${ELSEWHERE[$node]:-} ]] || continue
    read -r _ _ settings <<<"${NOTES[$node]:-}"
    printf '%s %s %s %s\n' "$node" "$id" "$address" "$settings"
  done <<<"$MACHINES"
}

# Sets READY of those Nodes that there are.
read_node_readiness() {
  local registered node ready names=()
  while read -r node _; do names+=("$node"); done <<<"$MACHINES"
  registered=$(print_node_readiness "${names[@]}") || fail "the Kubernetes API does not answer"
  while read -r node ready; do [[ -z $node ]] || READY[$node]=$ready; done <<<"$registered"
}

admit_nodes() {
  local node id records notes
  declare -gA NOTES=() ELSEWHERE=() READY=()
  records=$(print_records) || fail "the Kubernetes API does not answer"
  read_records "$records"
  read_node_readiness
  notes=$(print_notes)
  [[ -z $notes ]] || write_batch_record <<<"$notes"
  trap remove_signing_folder EXIT
  prepare_signing
  while read -r node id _; do
    if [[ -n ${ELSEWHERE[$node]:-} ]]; then
      log "$node is not admitted: a node of that name is noted in kube-system/${ELSEWHERE[$node]}. If what it belonged to is gone for good, delete that ConfigMap; otherwise choose another name"
    elif needs_credential "$node" "$id"; then
      # kubeadm joins nobody whose name a ready Node has; that one's machine is gone.
      ! replaces_machine "$node" "$id" || delete_node "$node" >/dev/null
      admit_node "$node"
    fi
  done <<<"$MACHINES"
}
