# shellcheck shell=bash
# Makes a prepared machine a member of one or more etcds, which are static pods of its kubelet. All machines are alike: a
# machine continues with the data that it has, and joins when others answer. It starts an etcd only as the initial member,
# when nobody answers and neither it nor its predecessor ever ran that etcd.

readonly VOLUME_FOLDER=/var/lib/etcd

# select_etcd NAME CLIENT_PORT PEER_PORT METRICS_PORT DATA_FOLDER: sets the variables of the functions below.
select_etcd() {
  ETCD=$1 CLIENT_PORT=$2 PEER_URL=https://$NODE_ADDRESS:$3 METRICS_PORT=$4 DATA=$5
  RAN=$STATE/$ETCD-ran INITIAL=$STATE/$ETCD-initial OTHERS=()
  use_member_certificates "/etc/kubernetes/pki/$ETCD"
  local peer
  for peer in $PEERS; do
    [[ $peer == "$NODE_ADDRESS" ]] || OTHERS+=("https://$peer:$CLIENT_PORT")
  done
}

has_data() { compgen -G "$DATA/member/wal/*.wal" >/dev/null; }

# is_live: succeeds also for a learner, and for a member without a majority.
is_live() { curl --silent --fail --max-time 5 --output /dev/null "http://127.0.0.1:$METRICS_PORT/livez"; }

# is_ready: succeeds for a voter in a majority.
is_ready() { curl --silent --fail --max-time 5 --output /dev/null "http://127.0.0.1:$METRICS_PORT/readyz"; }

own_health() { etcd_health "https://127.0.0.1:$CLIENT_PORT"; }

# is_stopped: succeeds when the process has ended and the kubelet has cleaned up. During its cleanup of a static pod, the kubelet
# starts no pod of that name for 15 s.
is_stopped() { ! pgrep --full -- "--data-dir=$DATA( |\$)" && ! compgen -G "/var/lib/kubelet/pods/*/containers/$ETCD"; }

# own_member ENDPOINT: prints this machine's line in the member list; nothing if it is no member.
own_member() {
  local members
  members=$(etcd_members "$1") || fail "$ETCD at $1 does not answer any more; run \`pulumi up\` again"
  grep " $PEER_URL " <<<"$members" || true
}

# find_other_member SECONDS: prints the first other member that answers.
find_other_member() {
  local deadline=$((SECONDS + $1))
  until etcd_first_answering "${OTHERS[@]}"; do
    ((SECONDS < deadline)) || return 1
    sleep 1
  done
}

stop_member() {
  rm -f "$MANIFESTS/$ETCD.yaml"
  wait_for 60 "the end of $ETCD" is_stopped
}

# Prints the last lines of a member that has never answered.
print_member_log() {
  local log
  log=$(find /var/log/pods -path "*/kube-system_$ETCD-*/$ETCD/*.log" -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d " " -f 2) || true
  if [[ -n $log ]]; then tail -n 6 "$log"; else journalctl --unit kubelet --lines 5 --output cat; fi | cut -c -500
}

# Restores the manifest with which the member ran last. write_manifest keeps it until the member runs with its new one, so it is
# the right one after an interruption, too.
roll_back_manifest() {
  local worked=$STATE/$ETCD-worked.yaml
  print_member_log
  [[ -f $worked ]] || fail "$ETCD does not answer; its last lines are above"
  stop_member
  mv "$worked" "$MANIFESTS/$ETCD.yaml"
  wait_for 120 "$ETCD with its settings of before, which are back because it did not run with the new ones" is_live
  fail "$ETCD does not run with its new settings; those of before are back, and its last lines are above"
}

# write_manifest: makes the kubelet run the member by the settings and $INITIAL. A member that already does is not restarted.
write_manifest() {
  local kind cluster new=$MANIFESTS/.$ETCD.yaml worked=$STATE/$ETCD-worked.yaml
  mkdir -p "$MANIFESTS"
  read -r kind cluster <"$INITIAL"
  sed "s|@ETCD_IMAGE@|$IMAGE|; s|@INITIAL_CLUSTER@|$cluster|; s|@INITIAL_CLUSTER_STATE@|$kind|" "$SETTINGS/$ETCD.yaml" >"$new"
  if ! cmp --silent "$new" "$MANIFESTS/$ETCD.yaml"; then
    [[ -f $worked || ! -f $MANIFESTS/$ETCD.yaml ]] || cp "$MANIFESTS/$ETCD.yaml" "$worked"
    # Stopped first, so that the old process does not answer afterwards.
    stop_member
    # A rename within the folder, so that the kubelet never reads a part of the file: it would retry only after 20 s.
    mv "$new" "$MANIFESTS/$ETCD.yaml"
  fi
  # In a subshell, so that its failure does not end the script.
  (wait_for 300 "$ETCD answering" is_live) || roll_back_manifest
  rm -f "$worked"
}

# join_etcd ENDPOINT: removes this machine's earlier member first, because a dead member would count for the majority.
join_etcd() {
  local other=$1 cluster="" members id url member
  stop_member
  remove_stale_member "$NODE_NAME" "$PEER_URL" "$other"
  rm -rf "$DATA/member" "$STATE/$ETCD-worked.yaml"
  etcd_retry 120 "$other" cluster/member/add "{\"peerURLs\": [\"$PEER_URL\"], \"isLearner\": true}"
  members=$(etcd_members "$other") || fail "$ETCD at $other does not answer any more; run \`pulumi up\` again"
  while read -r id _ url member; do
    [[ $url != "$PEER_URL" ]] || member=$NODE_NAME
    cluster+=${cluster:+,}${member:-$id}=$url
  done <<<"$members"
  echo "existing $cluster" >"$INITIAL"
  write_manifest
}

bootstrap_etcd() {
  echo "new $NODE_NAME=$PEER_URL" >"$INITIAL"
  write_manifest
}

resume_etcd() {
  # etcd ignores this when it has data. When the data was lost, it must not start a new cluster.
  if [[ ! -f $INITIAL || $(<"$INITIAL") == new\ * ]]; then echo "existing $NODE_NAME=$PEER_URL" >"$INITIAL"; fi
  write_manifest
}

# Promotes a learner to a voter as soon as it has caught up.
become_voter() {
  local other line health
  # etcd serves clients a moment after it answers probes.
  wait_for 120 "$ETCD taking calls" own_health
  health=$(own_health)
  if [[ $health == learner* ]]; then
    other=$(find_other_member 60) || fail "no other member of $ETCD answers at ${OTHERS[*]}; start them again"
    line=$(own_member "$other")
    etcd_retry 300 "$other" cluster/member/promote "{\"ID\": \"${line%% *}\"}"
  fi
  wait_for 120 "a majority of $ETCD with this member" is_ready
}

may_bootstrap_etcd() { [[ $NODE_NAME == "$FIRST_MEMBER" && ! -f $RAN ]]; }

# A machine that replaces one whose run succeeded must not start the etcds that its predecessor ran. It knows that by FIRST_RUN, which is
# not set then. Etcds that are added later are new, and may be started.
forbid_second_bootstrap() {
  local name
  if [[ ! -f $STATE/etcd-machine && ${FIRST_RUN:-} != yes ]]; then
    while read -r name _; do touch "$STATE/$name-ran"; done <<<"$INSTANCES"
  fi
  touch "$STATE/etcd-machine"
}

# leaves_former_etcd: succeeds when the member's data is from before the restore.
leaves_former_etcd() {
  # shellcheck disable=SC2034 # used by other files
  MARK=$DATA/restored
  [[ $ETCD == etcd ]] && is_of_before "https://127.0.0.1:$CLIENT_PORT"
}

# After a restore, a member with data from before gives it up, and joins the etcd that was restored.
leave_former_etcd() {
  leaves_former_etcd || return 0
  if has_data; then
    run "leave the etcd of before the restore" give_up_data
  fi
  mark_restored
}

give_up_data() {
  stop_member
  rm -rf "$DATA/member" "$STATE/$ETCD-worked.yaml"
}

start_member() {
  local other line="" patience=60
  install -d -m 0700 "$DATA"
  leave_former_etcd
  if has_data || may_bootstrap_etcd; then patience=0; fi
  other=$(find_other_member "$patience") || true
  [[ -z $other ]] || line=$(own_member "$other")

  if [[ -n $other ]] && { [[ -z $line ]] || ! has_data; }; then
    run "$ETCD joins $other" join_etcd "$other"
  elif has_data; then
    run "$ETCD goes on with its data" resume_etcd
  elif may_bootstrap_etcd; then
    run "$ETCD starts" bootstrap_etcd
    run "forbid a second bootstrap of $ETCD" resume_etcd
  else
    fail "no majority of $ETCD answers at ${OTHERS[*]}, and this machine has no data of it: it does not start a second one. Start the others again, or restore a snapshot"
  fi
  touch "$RAN"
  run "$ETCD votes" become_voter
  [[ $ETCD != etcd ]] || record_restore "https://127.0.0.1:$CLIENT_PORT"
  log "$ETCD: $(own_health)"
}

# Removes an etcd that is no longer wanted with its data, so that it can be started again later.
remove_unwanted_etcds() {
  local manifest name
  for manifest in "$MANIFESTS"/*etcd.yaml; do
    name=$(basename "$manifest" .yaml)
    [[ -e $manifest && $'\n'$INSTANCES != *$'\n'"$name "* ]] || continue
    DATA=/var/lib/$name ETCD=$name
    stop_member
    rm -rf "$DATA/member" "$STATE/$name-ran" "$STATE/$name-initial" "$STATE/$name-worked.yaml" "$SETTINGS/$name.yaml" "/etc/kubernetes/pki/$name"
  done
}

# Unmounts the data volume before Pulumi deletes it. The member joins again, with data on the machine's own disk.
leave_data_volume() {
  DATA=$VOLUME_FOLDER ETCD=etcd
  stop_member
  unmount_volume "$VOLUME_FOLDER"
  # Below the mount may be data from before the volume, of an earlier member.
  rm -rf "$DATA/member"
  remove_fstab_entry "$VOLUME_FOLDER"
  systemctl daemon-reload
}

restart_kubelet() {
  local digest before
  digest=$(sha256sum /var/lib/kubelet/config.yaml /etc/systemd/system/kubelet.service.d/90-caravan-etcd.conf && kubelet_version)
  before=$(cat "$STATE/kubelet-settings" 2>/dev/null) || true
  if [[ $digest != "$before" ]]; then
    systemctl daemon-reload
    systemctl restart kubelet
    # Settings alone restart no container.
    [[ -z $before || ${before##*$'\n'} == "${digest##*$'\n'}" ]] || await_settled_pods
    printf '%s\n' "$digest" >"$STATE/kubelet-settings"
  fi
  systemctl enable --now kubelet
}

start_etcd() {
  local etcd
  lock_machine
  update_preparation curl python3
  [[ $(kubeadm_version) == "v$KUBERNETES_VERSION" ]] || run "install kubeadm $KUBERNETES_VERSION" install_kubernetes kubeadm
  IMAGE=${ETCD_IMAGE:-$(default_etcd_image)}
  ! changes_version || run "check the change of versions" check_version_change
  [[ -f $STATE/etcd-machine ]] || before_kubeadm
  forbid_second_bootstrap
  run "write certificates and settings" write_files "$FILES"
  if [[ -n $VOLUME_ID ]]; then
    run "mount the data volume" mount_volume "$VOLUME_ID" "${VOLUME_GIB:?}" "$VOLUME_FOLDER"
  elif has_volume "$VOLUME_FOLDER"; then
    run "leave the data volume" leave_data_volume
  fi
  [[ $(kubelet_version) == "Kubernetes v$KUBERNETES_VERSION" ]] || run "install kubelet $KUBERNETES_VERSION" install_kubernetes kubelet kubectl
  run "start the kubelet" restart_kubelet
  run "remove members that are not wanted" remove_unwanted_etcds
  while read -r -a etcd; do
    select_etcd "${etcd[@]}"
    start_member
  done <<<"$INSTANCES"
  set_up_backups
  after_kubeadm
}
