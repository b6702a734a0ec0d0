# shellcheck shell=bash
# What is known of the cluster's nodes where only administrators can write. A Node tells much of itself, and root on its machine
# can change that: names, addresses, who a node belongs to and what was set on it come from here alone. There is a ConfigMap for
# each batch of each pool and one for the control planes, with a line for each node: the id of its machine, its addresses with
# commas between, and the labels and taints that were set.

readonly RECORD_LABEL=caravan.dev/record
# shellcheck disable=SC2034 # others use it
readonly CONTROL_PLANE_RECORD=caravan-nodes-control-planes

# A batch's record; another pool of the same name has another owner.
record_of_batch() { echo "caravan-nodes-$OWNER-$BATCH"; }

# Prints all records: lines of record, node and what is known of it.
# shellcheck disable=SC2016 # a template of kubectl's
print_records() {
  admin_kubectl --namespace kube-system get configmaps --selector "$RECORD_LABEL" --output \
    'go-template={{range .items}}{{$record := .metadata.name}}{{range $node, $note := .data}}{{$record}} {{$node}} {{$note}}{{"\n"}}{{end}}{{end}}'
}

# Prints one record: lines of node and what is known of it.
# shellcheck disable=SC2016 # the same
print_record() {
  admin_kubectl --namespace kube-system get configmap "$1" --ignore-not-found --output 'go-template={{range $node, $note := .data}}{{$node}} {{$note}}{{"\n"}}{{end}}'
}

# write_record NAME [LABELS]: writes into a record, with lines of node and what is known of it on standard input. A line with only
# a name takes the node out; what is noted of others stays, because several may write at once.
write_record() {
  local name=$1 labels=${2:-} file node note data=""
  while read -r node note; do
    [[ $node$note != *[\"\\]* ]] || fail "what is noted of $node has quotes in it: $note"
    [[ -z $note ]] && note=null || note="\"$note\""
    data+="${data:+,}\"$node\":$note"
  done
  file=$(mktemp "$SCRATCH/record.XXXXXX")
  printf '{"metadata":{"labels":{"%s":"nodes"%s}},"data":{%s}}' "$RECORD_LABEL" "$labels" "$data" >"$file"
  if ! patch_record "$name" "$file" 2>/dev/null; then
    # It is not there yet, or another was quicker to make it.
    admin_kubectl --namespace kube-system create configmap "$name" >/dev/null 2>&1 || true
    patch_record "$name" "$file"
  fi
  rm -f "$file"
}

patch_record() {
  admin_kubectl --namespace kube-system patch configmap "$1" --type merge --patch-file "$2" >/dev/null
}

# write_batch_record: the same for a batch.
write_batch_record() {
  write_record "$(record_of_batch)" ",\"caravan.dev/pool\":\"$POOL\",\"caravan.dev/batch\":\"$BATCH\""
}

delete_record() {
  admin_kubectl --namespace kube-system delete configmap "$1" --ignore-not-found >/dev/null
}
