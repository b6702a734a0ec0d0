# shellcheck shell=bash
# Makes a prepared machine a control plane. All machines are alike: a machine joins when the cluster answers. It starts the
# cluster only as the initial control plane, when nothing answers and this cluster was never started before.

readonly READY=$STATE/control-plane-ready

# Id of the restore of stacked etcd that this machine has its data from, or which it has joined since.
# shellcheck disable=SC2034 # used by other files
MARK=$STATE/etcd-restored
# Says that the machine joins again, and that its Node is from before.
readonly JOINS_AGAIN=$STATE/joins-again
# Restored data of an initial control plane that is new, while an interrupted start is cleared.
readonly RESTORED_DATA=$STATE/etcd-restored-member
# Id of the restore after which this machine has given the cluster its settings.
readonly FOLLOWED=$STATE/restore-followed

# Prints the first peer that answers. All are asked at once, because a peer that does not exist yet delays its answer.
find_peer() {
  local peer answer
  for peer in $PEERS; do
    # This machine's own API server, from an interrupted start, is no cluster to join.
    [[ $peer != "$NODE_ADDRESS:6443" ]] || continue
    answers "$peer" && echo "$peer" &
  done >"$SCRATCH/peers"
  wait
  read -r answer <"$SCRATCH/peers" && echo "$answer"
}

# may_start_cluster: once a run of the initial control plane has succeeded, no later run is a first run, not even on another
# machine.
may_start_cluster() { [[ $NODE_NAME == "$FIRST_NODE" ]] && { [[ ${FIRST_RUN:-} == yes ]] || has_restored_data; }; }

# has_restored_data: succeeds when the restore gave this machine, which is new, the data of a snapshot. It starts the cluster with that.
has_restored_data() {
  [[ ! -d $RESTORED_DATA ]] || return 0
  [[ $ETCD == stacked && -n $RESTORE ]] && is_restored && compgen -G "/var/lib/etcd/member/wal/*.wal" >/dev/null
}

# Seconds to wait for peers, which may be electing a leader. A machine that may start the cluster does not wait for them.
PEER_SECONDS=60

await_peer() {
  local deadline=$((SECONDS + PEER_SECONDS))
  until ANSWERING=$(find_peer); do
    ! may_start_cluster && ((SECONDS < deadline)) || return 0
    sleep 2
  done
}

reset_interrupted_kubeadm() {
  if has_restored_data && [[ ! -d $RESTORED_DATA ]]; then mv /var/lib/etcd/member "$RESTORED_DATA"; fi
  timeout 120 kubeadm reset --force
  rm -rf /var/lib/etcd/member
  if [[ -d $RESTORED_DATA ]]; then
    install -d -m 0700 /var/lib/etcd
    mv "$RESTORED_DATA" /var/lib/etcd/member
  fi
  write_files "$FILES"
}

# After a restore, a control plane with data from before gives it up, and joins again. It is not taken out of etcd, which does not know it.
# An upgrade that the restore has interrupted ends with that.
leave_former_cluster() {
  rm -rf "$READY" "$BEFORE" "$RENEWAL" "$UPGRADING"
  touch "$JOINS_AGAIN"
  timeout 120 kubeadm reset --force --skip-phases remove-etcd-member
  [[ ! -d /var/lib/etcd ]] || find /var/lib/etcd -mindepth 1 -delete
  kubernetes_installed || install_kubernetes
  write_files "$FILES"
  mark_restored
}

join_restored_etcd() {
  [[ $ETCD == stacked ]] && is_of_before https://127.0.0.1:2379 || return 0
  if [[ -f $READY || -f /etc/kubernetes/kubelet.conf || -f $JOINS_AGAIN ]]; then
    run "leave the etcd of before the restore" leave_former_cluster
  else
    mark_restored
  fi
}

# The settings and versions in the cluster are as old as the snapshot. Others join by them, and they may be from before an upgrade.
follow_restore() {
  local version
  version=$(local_kubectl --namespace kube-system get configmap kubeadm-config --output 'jsonpath={.data.ClusterConfiguration}' |
    sed -n 's/^kubernetesVersion: //p')
  [[ $version == "v$KUBERNETES_VERSION" ]] || prepare_cluster
  upload_settings
  return_own_node
}

# follows_restore: succeeds until this machine has given the cluster what it had before the restore.
follows_restore() { [[ -n $RESTORE && $(cat "$FOLLOWED" 2>/dev/null) != "$RESTORE" ]]; }

# The record of the keys is as old as the snapshot, too.
records_keys() { key_phases_changed || { [[ -n $KEY_PHASES ]] && follows_restore; }; }

explain_failure() {
  print_unhealthy_log
  return 1
}

init_cluster() {
  local ignored=()
  ! has_restored_data || ignored=(--ignore-preflight-errors DirAvailable--var-lib-etcd)
  timeout 600 kubeadm init --config "$SETTINGS/init.yaml" --skip-token-print "${ignored[@]}" || explain_failure
  # Nodes join with certificates, so kubeadm's token is deleted.
  kubectl --kubeconfig /etc/kubernetes/admin.conf --namespace kube-system delete secret --field-selector type=bootstrap.kubernetes.io/token
  # RBAC cannot restrict this credential, and nothing needs it after kubeadm init.
  rm -f /etc/kubernetes/super-admin.conf
  # Recorded at once: if the SSH connection is lost by now, this script ends at its next message.
  mark_ready
}

join_control_plane() {
  prepare_signing
  sign_node "$NODE_NAME"
  write_discovery "$SCRATCH/discovery.conf" "$ANSWERING" "$(base64 --wrap 0 "$PKI/ca.crt")"
  timeout 600 kubeadm join --config "$SETTINGS/join.yaml" || explain_failure
  mark_ready
}

mark_ready() {
  settings_digest >"$READY"
  rm -rf "$JOINS_AGAIN" "$FORMER_IDENTITY"
}

# Checks other keys first, because an upgrade that begins installs kubeadm, and is what later runs go on with.
check_changes_of_run() {
  ! key_phases_changed || begin_rotation
  begin_upgrade
}

# Applies a changed version, or changed settings alone.
apply_changes_of_run() {
  if needs_upgrade || changes_etcd_version; then
    upgrade_control_plane
  elif [[ -d $BEFORE ]]; then
    run "apply changed settings" apply_control_plane_settings
  fi
}

# The settings are applied before, so that a component restarts by settings that are valid. With certificates that have ended nothing runs,
# so then they come first.
renew_when_due() { try_renewal "$RUN_LEASE_SECONDS" || fail "the renewal of certificates failed; see above"; }

start_control_plane() {
  lock_machine
  update_preparation curl python3
  use_member_certificates /etc/kubernetes/pki/etcd
  join_restored_etcd
  [[ ! -f $READY ]] || check_changes_of_run
  [[ ! -f $READY ]] || ! settings_changed || back_up_settings
  run "write certificates and settings" write_files "$FILES"
  trap 'rm -rf "$SCRATCH/discovery.conf" /etc/kubernetes/bootstrap-kubelet.conf "$SCRATCH/admin.conf" "$SCRATCH/peer.conf" "$SCRATCH"/signing.*; release_lease' EXIT
  start_virtual_address

  ANSWERING=""
  [[ -f $READY ]] || await_peer
  if [[ -f $READY ]]; then
    systemctl start kubelet
    ! has_expired || renew_when_due
    # Also without a change, if a component does not run: an earlier run may have left it with wrong settings.
    [[ -d $BEFORE ]] || all_healthy_within 60 || back_up_settings
    apply_changes_of_run
    log "is a control plane already"
  elif [[ -n $ANSWERING ]]; then
    [[ ! -f /etc/kubernetes/kubelet.conf ]] || run "clear an interrupted join" reset_interrupted_kubeadm
    run "CA of the other control planes" check_joining_ca
    run "forget an earlier machine of this name" remove_predecessor
    run "versions of the other control planes" prepare_mixed_join
    before_kubeadm
    run "kubeadm join" join_control_plane
  elif may_start_cluster; then
    [[ ! -d /etc/kubernetes/manifests || -z $(ls /etc/kubernetes/manifests) ]] || run "clear an interrupted start" reset_interrupted_kubeadm
    before_kubeadm
    run "kubeadm init" init_cluster
  elif [[ $NODE_NAME == "$FIRST_NODE" ]]; then
    fail "no control plane answers at $PEERS, and this cluster was started before: this machine does not start a second one. Start one of the others again, or restore etcd; if nothing is to be kept of the cluster, replace the command that was to start it (pulumi up --replace, with the URN of $NODE_NAME-kubeadm)"
  else
    fail "no control plane answers at $PEERS, and only $FIRST_NODE starts a cluster. Start one of the others again, or restore etcd"
  fi
  require_components 180
  if [[ $ETCD == stacked ]]; then record_restore https://127.0.0.1:2379; fi
  [[ -z $RESTORE ]] || run "make the Node of this machine" renew_own_node
  ! follows_restore || run "settings of the cluster after the restore" follow_restore
  renew_when_due
  follow_cluster_cas "$PKI/ca.crt" sign_own_kubelet
  log_near_ends
  ! records_keys || run "record of the keys" record_key_phases
  ! follows_restore || printf '%s\n' "$RESTORE" >"$FOLLOWED"
  run "restrict who may join" restrict_joins
  run "settings of all kubelets" forget_own_resolver
  run "zone and region of the node" label_control_plane
  run "taint of control planes" set_schedulable
  systemctl enable --now caravan-approve.timer caravan-certificates.timer 2>/dev/null
  set_up_backups
  after_kubeadm
}
