# shellcheck shell=bash
# Records of the cluster's nodes, which only administrators can write. Root on a machine can change much of its own Node. So the
# names, addresses and owners of nodes, and their labels and taints, are read from records alone. There is a ConfigMap for each
# batch of each pool and one for the control planes. It has a line for each node: the id of its machine, its addresses separated
# by commas, and the labels and taints that were set.

readonly RECORD_LABEL=caravan.dev/record
# shellcheck disable=SC2034 # used by other files
readonly CONTROL_PLANE_RECORD=caravan-nodes-control-planes
# Record of each control plane's certificates, for health checks: JSON by the node's name. The approver of certificates does not read it.
# shellcheck disable=SC2034 # the same
readonly CERTIFICATE_RECORD=caravan-certificates

# record_of_batch: prints the name of a batch's record. A pool of the same name in another stack has another owner.
record_of_batch() { echo "caravan-nodes-$OWNER-$BATCH"; }

# Prints all records: lines of record, node and note.
# shellcheck disable=SC2016 # a template of kubectl's
print_records() {
  admin_kubectl --namespace kube-system get configmaps --selector "$RECORD_LABEL" --output \
    'go-template={{range .items}}{{$record := .metadata.name}}{{range $node, $note := .data}}{{$record}} {{$node}} {{$note}}{{"\n"}}{{end}}{{end}}'
}

# print_record NAME: prints one record: lines of node and note.
# shellcheck disable=SC2016 # the same
print_record() {
  admin_kubectl --namespace kube-system get configmap "$1" --ignore-not-found --output 'go-template={{range $node, $note := .data}}{{$node}} {{$note}}{{"\n"}}{{end}}'
}

# write_record NAME [LABELS]: writes lines of node and note from standard input into a record. A line with only a name removes the
# node. The notes of other nodes stay, because several runs may write at once.
write_record() {
  local name=$1 labels=${2:-} file node note data=""
  while read -r node note; do
    [[ $node$note != *[\"\\]* ]] || fail "the note about $node has quotes or backslashes, which a record cannot hold: $note"
    [[ -z $note ]] && note=null || note="\"$note\""
    data+="${data:+,}\"$node\":$note"
  done
  file=$(mktemp "$SCRATCH/record.XXXXXX")
  printf '{"metadata":{"labels":{"%s":"nodes"%s}},"data":{%s}}' "$RECORD_LABEL" "$labels" "$data" >"$file"
  put_record "$name" "$file"
  rm -f "$file"
}

# put_record NAME FILE: patches a record by a file, and makes it where it does not exist.
put_record() {
  if ! patch_record "$1" "$2" 2>/dev/null; then
    # Another run may create it at the same time.
    admin_kubectl --namespace kube-system create configmap "$1" >/dev/null 2>&1 || true
    patch_record "$1" "$2"
  fi
}

patch_record() {
  admin_kubectl --namespace kube-system patch configmap "$1" --type merge --patch-file "$2" >/dev/null
}

# write_batch_record: does the same for the record of the batch.
write_batch_record() {
  write_record "$(record_of_batch)" ",\"caravan.dev/pool\":\"$POOL\",\"caravan.dev/batch\":\"$BATCH\""
}

delete_record() {
  admin_kubectl --namespace kube-system delete configmap "$1" --ignore-not-found >/dev/null
}
