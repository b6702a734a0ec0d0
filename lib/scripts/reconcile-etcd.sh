# shellcheck shell=bash
# Removes etcd members that are no longer wanted, before their machines are deleted, and logs the status of the others. Runs on a
# member when all wanted members run.

reconcile_etcd() {
  local name client_port address endpoint
  while read -r name client_port _; do
    use_member_certificates "/etc/kubernetes/pki/$name"
    remove_members_except "$WANTED_MEMBERS" "https://127.0.0.1:$client_port"
    for address in $PEERS; do
      endpoint=https://$address:$client_port
      wait_for 60 "a healthy member of $name at $endpoint" etcd_health "$endpoint"
      log "$name at $address: $(etcd_health "$endpoint")"
    done
  done <<<"$INSTANCES"
}
