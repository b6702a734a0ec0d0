# shellcheck shell=bash
# Restores etcd from a snapshot on the machine of the initial member, once for each id. The snapshot is fetched and checked before
# anything stops. Then the other members are taken out of etcd, so that they stop serving; this one gets the data of the snapshot, and is
# the only member. The others join it afterwards by the scripts of their roles. Each step can be run again after an interruption.

readonly WORK=$STATE/etcd-restore
readonly DATA=/var/lib/etcd
readonly PROGRAM=/usr/local/lib/caravan/etcd-backup
readonly OWN=https://127.0.0.1:2379
# Components that use stacked etcd, in the order in which they start.
readonly USERS=(etcd kube-apiserver kube-controller-manager kube-scheduler)

# Files of stacked etcd are outside of its folder, which kubeadm wants empty. A data volume outlives its machine, and has its own.
place_restored() {
  # shellcheck disable=SC2034 # used by other files
  if [[ $ETCD == external ]]; then
    MARK=$DATA/restored FORMER=$DATA/before-restore
  else
    MARK=$STATE/etcd-restored FORMER=$STATE/etcd-before-restore
  fi
}

# Forgets the snapshot that an interrupted restore of another id has chosen.
forget_other_choice() {
  [[ $(cat "$WORK/id" 2>/dev/null) != "$RESTORE" ]] || return 0
  rm -f "$WORK/choice" "$WORK/snapshot.db"
  printf '%s\n' "$RESTORE" >"$WORK/id"
}

# Prints the image that this machine's member has run, or will.
etcd_image() {
  local image
  [[ -s $WORK/image ]] || {
    image=$(sed -n 's/^ *\(- \)\?image: //p' "$MANIFESTS/etcd.yaml" 2>/dev/null | head -n 1)
    echo "${image:-${ETCD_IMAGE:-$(default_etcd_image)}}" >"$WORK/image"
  }
  cat "$WORK/image"
}

pull_image() {
  ctr --namespace k8s.io images list --quiet | grep --quiet --line-regexp --fixed-strings "$1" && return
  if command -v crictl >/dev/null; then
    crictl --runtime-endpoint unix:///run/containerd/containerd.sock pull "$1"
  else
    ctr --namespace k8s.io images pull --hosts-dir /etc/containerd/certs.d "$1"
  fi
}

# Copies etcdutl out of etcd's image, because etcd does not run while its data is restored.
provide_etcdutl() {
  local image root=$WORK/image-root found
  [[ ! -x $WORK/etcdutl ]] || return 0
  command -v age >/dev/null || install_packages age
  image=$(etcd_image)
  pull_image "$image"
  ! mountpoint --quiet "$root" || umount "$root"
  mkdir -p "$root"
  ctr --namespace k8s.io images mount "$image" "$root"
  found=$(find "$root" -maxdepth 4 -name etcdutl -type f | head -n 1)
  [[ -n $found ]] || fail "the image $image has no etcdutl; use one of registry.k8s.io, or one that is made like it"
  cp "$found" "$WORK/etcdutl.new"
  mv "$WORK/etcdutl.new" "$WORK/etcdutl"
  ctr --namespace k8s.io images unmount --rm "$root"
}

fetch_snapshot() {
  local version
  version=$("$WORK/etcdutl" version | sed -n 's/^etcdutl version: //p')
  (use_proxy && printf '%s' "$RESTORE_SETTINGS" | /usr/bin/python3 -IB "$PROGRAM/fetch.py" "$WORK" "$version")
}

# Prints "open", "closed" or "silent": whether a process listens there, only the machine answers, or nothing does.
port_state() {
  /usr/bin/python3 -I -c '
import errno, socket, sys
connection = socket.socket()
connection.settimeout(5)
code = connection.connect_ex((sys.argv[1], 2379))
print("open" if code == 0 else "closed" if code == errno.ECONNREFUSED else "silent")' "$1"
}

# Refuses while others may have a majority without this machine: they would go on with the old data beside the restored one.
refuse_living_members() {
  local name address port silent=""
  while read -r name address; do
    [[ -n $name && $address != "$NODE_ADDRESS" ]] || continue
    port=$(port_state "$address")
    if [[ $port == open ]] && { [[ ! -f $ETCD_CERT ]] || etcd_members "https://$address:2379" >/dev/null; }; then
      fail "etcd still runs on $name ($address), and this machine is no member of it: run \`pulumi up\` without etcd.restore, so that it joins again, and restore then"
    fi
    [[ $port != silent || " $LOST " == *" $name "* ]] || silent+="${silent:+, }$name"
  done <<<"$MEMBERS"
  [[ -z $silent ]] ||
    fail "$silent do not answer, and may have a majority of etcd among themselves: start them again, or name those that are gone for good in etcd.restore.lost"
}

# members_of_others: prints id and name of the other members. Those that do not answer come first: without them, etcd keeps its majority while
# the others leave.
members_of_others() {
  local listed id url member order
  listed=$(etcd_members "$OWN") || return 1
  while read -r id _ url member; do
    [[ $url != "https://$NODE_ADDRESS:2380" ]] || continue
    order=0
    ! etcd_health "${url%:*}:2379" >/dev/null 2>&1 || order=1
    echo "$order $id $member"
  done <<<"$listed" | sort --stable --key 1,1 | cut -d " " -f 2-
}

# Takes the other members out of etcd while it has a majority: a member that is removed stops by itself, and the rest never has a majority.
remove_other_members() {
  local others id member
  if ! others=$(members_of_others); then
    refuse_living_members
    return
  fi
  while read -r id member; do
    [[ -z $id ]] || etcd_remove "$OWN" "$id" "$member"
  done <<<"$others"
}

# is_gone COMPONENT: succeeds when no process of a static pod runs, and the kubelet has cleaned up. A machine may run other etcds, which go on.
is_gone() {
  local pattern="^$1 "
  [[ $1 != etcd ]] || pattern="--data-dir=$DATA( |\$)"
  ! pgrep --full -- "$pattern" && ! compgen -G "/var/lib/kubelet/pods/*/containers/$1"
}

# Puts the manifests of etcd and of what uses it aside, and waits for the end of their processes. One that has not ended answers the others
# with its old data.
stop_components() {
  local component place
  mkdir -p "$WORK/manifests"
  for ((place = ${#USERS[@]} - 1; place >= 0; place--)); do
    component=${USERS[place]}
    [[ ! -f $MANIFESTS/$component.yaml ]] || mv "$MANIFESTS/$component.yaml" "$WORK/manifests/"
  done
  for component in "${USERS[@]}"; do
    wait_for 120 "the end of $component" is_gone "$component"
  done
}

# Gives the member the data of the snapshot. What it had is kept, for one restore.
restore_data() {
  local peer=https://$NODE_ADDRESS:2380
  install -d -m 0700 "$DATA"
  rm -rf "$DATA/.restore"
  "$WORK/etcdutl" snapshot restore "$WORK/snapshot.db" --data-dir "$DATA/.restore" --name "$NODE_NAME" \
    --initial-cluster "$NODE_NAME=$peer" --initial-advertise-peer-urls "$peer" --initial-cluster-token "restore-$RESTORE" \
    --bump-revision 1000000000 --mark-compacted
  if [[ ! -f $WORK/kept && -d $DATA/member ]]; then
    rm -rf "$FORMER"
    mv "$DATA/member" "$FORMER"
  fi
  touch "$WORK/kept"
  rm -rf "$DATA/member"
  mv "$DATA/.restore/member" "$DATA/member"
  rm -rf "$DATA/.restore"
  # A member that goes on with data starts no cluster, and joins none.
  echo "existing $NODE_NAME=$peer" >"$STATE/etcd-initial"
  [[ $ETCD != external ]] || touch "$STATE/etcd-ran" "$STATE/etcd-machine"
  mark_restored
}

has_started() {
  case $1 in
    etcd) curl --silent --fail --max-time 5 --output /dev/null http://127.0.0.1:2381/readyz ;;
    kube-apiserver) curl --silent --fail --max-time 5 --cacert /etc/kubernetes/pki/ca.crt --output /dev/null "https://$NODE_ADDRESS:6443/readyz" ;;
    *) pgrep --full -- "^$1 " ;;
  esac
}

# Starts what ran before on a control plane. On a new machine, and on one of etcd alone, the script of its role does that.
start_components() {
  local component
  [[ $ETCD == stacked && -d $WORK/manifests ]] || return 0
  for component in "${USERS[@]}"; do
    [[ ! -f $WORK/manifests/$component.yaml ]] || mv "$WORK/manifests/$component.yaml" "$MANIFESTS/$component.yaml"
    [[ ! -f $MANIFESTS/$component.yaml ]] || wait_for 180 "$component with the restored data" has_started "$component"
  done
}

# The snapshot is in plain text there.
finish_restore() {
  run "start with the restored data" start_components
  rm -rf "$WORK"
  log "etcd is restored: $RESTORE"
}

# Prints the version of Kubernetes that this machine runs; nothing on a new one. An interrupted restore may have put the manifests aside.
running_version() {
  local folder
  if [[ $ETCD == stacked ]]; then
    for folder in "$WORK/manifests" "$MANIFESTS"; do
      [[ ! -f $folder/kube-apiserver.yaml ]] || image_tag kube-apiserver "$folder"
    done
  elif [[ -f $STATE/etcd-machine ]]; then
    kubelet --version | cut --delimiter v --fields 2
  fi
}

# A run restores or upgrades: an upgrade asks the other control planes and members first, and after a restore there are none yet.
refuse_upgrade() {
  local version
  version=$(running_version)
  [[ -z $version || $version == "$KUBERNETES_VERSION" ]] ||
    fail "this machine runs Kubernetes $version, and kubernetesVersion is $KUBERNETES_VERSION: a run does not restore and upgrade; restore with kubernetesVersion $version, and upgrade in a later run"
}

restore_etcd() {
  lock_machine
  place_restored
  use_member_certificates /etc/kubernetes/pki/etcd
  if [[ ${FIRST_RUN:-} != yes ]]; then
    log "etcd was restored before, and is not restored again"
    return
  fi
  [[ -z $VOLUME_ID ]] || run "mount the data volume" mount_volume "$VOLUME_ID" "${VOLUME_GIB:?}" "$DATA"
  if is_restored; then
    finish_restore
    return
  fi
  if [[ -f $ETCD_CERT ]] && is_recorded "$OWN"; then
    mark_restored
    log "etcd was restored before, and is not restored again"
    return
  fi
  refuse_upgrade
  mkdir -p "$WORK"
  forget_other_choice
  run "write the program of backups" write_files "$FILES"
  run "get etcdutl of etcd's image" provide_etcdutl
  run "fetch and check the snapshot" fetch_snapshot
  run "take the other members out of etcd" remove_other_members
  run "stop etcd and what uses it" stop_components
  run "restore the snapshot" restore_data
  finish_restore
}
