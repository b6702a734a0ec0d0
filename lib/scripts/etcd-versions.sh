# shellcheck shell=bash
# Conditions for the restart of a member of etcd with another version: all members vote, and all have a version that takes it among them.

# Members older than this take none of 3.7 among them (https://etcd.io/docs/v3.7/upgrades/upgrade_3_7/).
readonly FIRST_FOR_NEXT_MINOR=3.6.11

# etcd_member_versions ENDPOINT PORT: prints a line for each member: its name and version. The version is missing when the member does not
# answer at this client port, does not vote, or has an alarm.
etcd_member_versions() {
  local members kind url name status
  members=$(etcd_members "$1") || return 1
  while read -r _ kind url name; do
    status=""
    [[ $kind != voter ]] || status=$(etcd_call "${url%:*}:$2" maintenance/status '{}') || status=""
    echo "${name:-$url} $(python3 -c '
import json, sys
try:
    status = json.load(sys.stdin)
    print("" if status.get("errors") or not int(status.get("leader", 0)) else status["version"])
except ValueError:
    print("")' <<<"$status")"
  done <<<"$members"
}

# require_whole_etcd SECONDS ENDPOINT PORT [NAME]: waits until all members, but for one of this name, answer and vote. Prints the names and
# versions of all.
require_whole_etcd() {
  local deadline=$((SECONDS + $1)) versions="" missing
  while true; do
    versions=$(etcd_member_versions "$2" "$3") || versions=""
    missing=$(awk -v "except=${4:-}" 'NF < 2 && $1 != except { print $1 }' <<<"$versions" | paste -s -d " ")
    [[ -z $versions || -n $missing ]] || break
    ((SECONDS < deadline)) || fail "members of etcd do not answer or do not vote: ${missing:-none answers at $2}. No other one is restarted now; start them again, or replace their machines"
    sleep 2
  done
  printf '%s\n' "$versions"
}

# check_etcd_step TAG: reads names and versions of members. Fails when an image of this tag cannot be a member among them.
check_etcd_step() {
  local tag=$1 to=${1%%-*} name version
  while read -r name version; do
    [[ -n $version ]] || continue
    if (($(minor_of "$to") < $(minor_of "$version"))); then
      fail "etcd on $name runs $version, and $tag is older, but etcd does not go back to an earlier minor version; give etcd.etcdVersion of $version or later"
    elif (($(minor_of "$to") > $(minor_of "$version") + 1)); then
      fail "etcd on $name runs $version, and $tag is more than one minor version later; give etcd.etcdVersion of the next minor version first"
    elif (($(minor_of "$to") > $(minor_of "$version"))) && is_older "$version" "$FIRST_FOR_NEXT_MINOR"; then
      fail "etcd on $name runs $version, and only members of $FIRST_FOR_NEXT_MINOR and later take one of $tag among them; run once with etcd.etcdVersion $FIRST_FOR_NEXT_MINOR-0"
    fi
  done
}
