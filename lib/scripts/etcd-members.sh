# shellcheck shell=bash
# Functions for the members API of etcd, through its gRPC gateway: machines have curl and python3, but no etcdctl. Callers set
# ETCD_CA, ETCD_CERT and ETCD_KEY, the paths of certificates that etcd accepts.

# use_member_certificates FOLDER: sets the certificates of the member in this folder.
use_member_certificates() {
  ETCD_CA=$1/ca.crt ETCD_CERT=$1/server.crt ETCD_KEY=$1/server.key
}

# etcd_call ENDPOINT PATH REQUEST: prints the answer of one call. When etcd refuses it, prints the reason and fails.
etcd_call() {
  curl --silent --show-error --fail-with-body --connect-timeout 3 --max-time 10 \
    --cacert "$ETCD_CA" --cert "$ETCD_CERT" --key "$ETCD_KEY" --data "$3" "$1/v3/$2" 2>&1
}

# etcd_retry SECONDS ENDPOINT PATH REQUEST: does the same, and retries while etcd refuses. etcd admits no member until its
# members are connected to each other, promotes no learner that is behind, and briefly has no leader when the leader leaves.
etcd_retry() {
  local deadline=$((SECONDS + $1)) answer
  shift
  until answer=$(etcd_call "$@"); do
    ((SECONDS < deadline)) || fail "etcd at $1 does not take the call $2: ${answer##*$'\n'}"
    sleep 1
  done
}

# etcd_members ENDPOINT: prints a line for each member: id, "voter" or "learner", peer URL, and name unless it never started. Only a
# member in a majority answers.
etcd_members() {
  etcd_call "$1" cluster/member/list '{"linearizable": true}' | python3 -c '
import json, sys
for member in json.load(sys.stdin)["members"]:
    kind = "learner" if member.get("isLearner") else "voter"
    print(member["ID"], kind, member["peerURLs"][0], member.get("name", ""))' 2>/dev/null
}

# etcd_first_answering ENDPOINTS...: prints the first endpoint that answers.
etcd_first_answering() {
  local endpoint
  for endpoint in "$@"; do
    etcd_members "$endpoint" >/dev/null || continue
    printf '%s\n' "$endpoint"
    return
  done
  return 1
}

# etcd_remove ENDPOINT ID NAME: removes a member.
etcd_remove() {
  etcd_retry 60 "$1" cluster/member/remove "{\"ID\": \"$2\"}"
  log "removed member ${3:-that never started} ($2) from etcd"
}

# remove_stale_member NAME PEER_URL ENDPOINTS...: removes the member with this name or peer URL, which was an earlier machine's,
# through the first endpoint that answers. Must run before the new machine is added.
remove_stale_member() {
  local name=$1 peer_url=$2 endpoint members id url member
  shift 2
  endpoint=$(etcd_first_answering "$@") || fail "no member of etcd answers at $*, or they have no majority; start them again, or restore a snapshot"
  members=$(etcd_members "$endpoint") || fail "etcd at $endpoint does not answer any more; run \`pulumi up\` again"
  while read -r id _ url member; do
    [[ $member == "$name" || $url == "$peer_url" ]] || continue
    etcd_remove "$endpoint" "$id" "$member"
  done <<<"$members"
}

# remove_members_except NAMES ENDPOINT: removes every member whose name is not among NAMES (words), or that never started.
remove_members_except() {
  local names=$1 endpoint=$2 members id url member
  [[ -n $names ]] || fail "all members of etcd would be removed; name those that stay"
  wait_for 60 "an answer of etcd's majority at $endpoint" etcd_members "$endpoint"
  members=$(etcd_members "$endpoint")
  while read -r id _ url member; do
    [[ -n $member && " $names " == *" $member "* ]] || etcd_remove "$endpoint" "$id" "$member"
  done <<<"$members"
}

# etcd_health ENDPOINT: prints the status of the member: its role ("leader", "follower" or "learner"), version and database.
etcd_health() {
  local status
  status=$(etcd_call "$1" maintenance/status '{}') || { log "etcd at $1: ${status##*$'\n'}" && return 1; }
  python3 -c '
import json, sys
status = json.load(sys.stdin)
leads = status["leader"] == status["header"]["member_id"]
role = "learner" if status.get("isLearner") else "leader" if leads else "follower"
size, used = (int(status.get(key, 0)) / 1024 ** 2 for key in ("dbSize", "dbSizeInUse"))
print("{}, version {}, database {:.1f} MiB ({:.1f} MiB in use){}".format(
    role, status["version"], size, used, "; ".join(["", *status.get("errors", [])])))' <<<"$status"
}
