# shellcheck shell=bash
# Admits the machines of a batch as nodes, before they join. Runs on a control plane. It records the nodes, and prints a
# credential for each machine that must join, and for no other: a line with the machine's name and shell assignments, base64.

export DRAIN_SECONDS=0

# print_node_readiness NODES...: prints the Nodes that exist among these, and the status of their condition Ready.
print_node_readiness() {
  admin_kubectl get nodes "$@" --ignore-not-found --no-headers --output 'custom-columns=:.metadata.name,:.status.conditions[?(@.type=="Ready")].status'
}

# replaces_machine NODE ID: succeeds when the machine replaces another one of its name.
replaces_machine() {
  local known=${NOTES[$1]:-$2}
  [[ ${known%% *} != "$2" ]]
}

# needs_credential NODE ID: succeeds when the machine must join. It has joined when its kubelet reports. When the Node is
# Unknown, the kubelet may be gone, for example after a reset.
needs_credential() {
  [[ -z ${READY[$1]:-} || ${READY[$1]} == Unknown ]] || replaces_machine "$1" "$2"
}

admit_node() {
  sign_node "$1"
  printf '%s %s\n' "$1" "$(printf "CLIENT_CERTIFICATE='%s'\nCLIENT_KEY='%s'\n" "$CLIENT_CERTIFICATE" "$CLIENT_KEY" | base64 --wrap 0)"
}

# read_records RECORDS: sets NOTES for nodes of this batch, and ELSEWHERE to the record of any other node.
read_records() {
  local own record node note
  own=$(record_of_batch)
  while read -r record node note; do
    [[ -n $record ]] || continue
    if [[ $record == "$own" ]]; then NOTES[$node]=$note; else ELSEWHERE[$node]=$record; fi
  done <<<"$1"
}

# Prints the new record of each machine. The labels and taints in the record stay.
print_notes() {
  local node id address settings
  while read -r node id address; do
    [[ -z ${ELSEWHERE[$node]:-} ]] || continue
    read -r _ _ settings <<<"${NOTES[$node]:-}"
    printf '%s %s %s %s\n' "$node" "$id" "$address" "$settings"
  done <<<"$MACHINES"
}

# Sets READY for the Nodes that exist.
read_node_readiness() {
  local registered node ready names=()
  while read -r node _; do names+=("$node"); done <<<"$MACHINES"
  registered=$(print_node_readiness "${names[@]}") || fail "the Kubernetes API does not answer on this control plane; look at kube-apiserver and etcd there"
  while read -r node ready; do [[ -z $node ]] || READY[$node]=$ready; done <<<"$registered"
}

admit_nodes() {
  local node id records notes
  declare -gA NOTES=() ELSEWHERE=() READY=()
  records=$(print_records) || fail "the Kubernetes API does not answer on this control plane; look at kube-apiserver and etcd there"
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
      # kubeadm refuses a join while a ready Node has the same name. That Node's machine is gone.
      ! replaces_machine "$node" "$id" || delete_node "$node" >/dev/null
      admit_node "$node"
    fi
  done <<<"$MACHINES"
}
