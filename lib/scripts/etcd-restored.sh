# shellcheck shell=bash
# Notes of a machine on restores of etcd. $RESTORE is the id of the wanted one. Callers set MARK, the path of the file with the id of
# the restore that this machine's data is from, or which it has joined since.

readonly RESTORES=caravan.dev/etcd-restores

is_restored() { [[ $(cat "$MARK" 2>/dev/null) == "$RESTORE" ]]; }

mark_restored() {
  mkdir -p "$(dirname "$MARK")"
  printf '%s\n' "$RESTORE" >"$MARK.new"
  mv "$MARK.new" "$MARK"
}

restore_key() { printf '%s/%s' "$RESTORES" "$RESTORE" | base64 --wrap 0; }

# is_recorded ENDPOINT: succeeds when the member there is one of an etcd that was restored with this id, or when that was in its past.
is_recorded() { etcd_call "$1" kv/range "{\"key\": \"$(restore_key)\"}" | grep --quiet '"kvs"'; }

# record_restore ENDPOINT: remembers the restore in etcd itself, for machines that are made later.
record_restore() {
  [[ -z $RESTORE ]] || etcd_retry 60 "$1" kv/put "{\"key\": \"$(restore_key)\", \"value\": \"$(restore_key)\"}" >/dev/null
}

# is_of_before ENDPOINT: succeeds when the data of this machine may be from before the restore. It must be given up then.
is_of_before() {
  [[ -n $RESTORE ]] && ! is_restored || return 1
  ! is_recorded "$1" || { mark_restored && return 1; }
}
