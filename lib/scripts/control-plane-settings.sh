# shellcheck shell=bash
# Applies changed settings to the components of a control plane. Settings with which a component does not run are rolled
# back, with all files that were written for them.

# Backup of the files from before a change. It exists only until the change is done.
readonly BEFORE=$STATE/settings-before

settings_digest() {
  sha256sum <<<"$FILES" | cut -d " " -f 1
}

# settings_changed: succeeds also after an interrupted change.
settings_changed() {
  [[ -d $BEFORE || $(<"$READY") != "$(settings_digest)" ]]
}

# Backs up the files that a change may touch, and the UIDs of running pods. After an interrupted change, the last working state is
# backed up already.
back_up_settings() {
  local component
  [[ ! -d $BEFORE ]] || return 0
  rm -rf "$BEFORE.new"
  mkdir -p "$BEFORE.new/pods"
  tar --create --directory / "${SETTINGS#/}" "${MANIFESTS#/}" "${PKI#/}" "${KUBELET#/}" | tar --extract --preserve-permissions --directory "$BEFORE.new"
  for component in $(components); do
    running_pod "$component" >"$BEFORE.new/pods/$component" || true
  done
  mv "$BEFORE.new" "$BEFORE"
}

# is_unchanged COMPONENT: succeeds when its manifest is the one in the backup.
is_unchanged() {
  cmp --silent "$BEFORE$MANIFESTS/$1.yaml" "$MANIFESTS/$1.yaml"
}

# previous_pod COMPONENT: prints the UID of the pod of the previous manifest, if the manifest has changed.
previous_pod() {
  [[ -f $BEFORE/pods/$1 ]] && ! is_unchanged "$1" && cat "$BEFORE/pods/$1"
}

# runs_manifest COMPONENT: succeeds when the component runs by its present manifest: in its pod of before when the manifest is
# unchanged, otherwise in another pod.
runs_manifest() {
  local pod before
  pod=$(running_pod "$1") || return 1
  before=$(cat "$BEFORE/pods/$1")
  [[ -n $before ]] || return 0
  if is_unchanged "$1"; then [[ $pod == "$before" ]]; else [[ $pod != "$before" ]]; fi
}

# The settings may have further names and addresses. The API server reloads its certificate by itself.
renew_serving_certificate() {
  rm -f "$PKI/apiserver.crt" "$PKI/apiserver.key"
  kubeadm init phase certs apiserver --config "$SETTINGS/init.yaml" >/dev/null
}

# Makes kubeadm write the manifests of the present settings into a folder of their own.
render_manifests() {
  local initial=$SCRATCH/initial-cluster
  rm -rf "$SCRATCH/manifests"
  mkdir -p "$SCRATCH/manifests"
  KUBEADM_INIT_DRYRUN_DIR=$SCRATCH/manifests kubeadm init phase control-plane all --dry-run --config "$SETTINGS/init.yaml" >/dev/null
  [[ -f $MANIFESTS/etcd.yaml ]] || return 0
  KUBEADM_INIT_DRYRUN_DIR=$SCRATCH/manifests kubeadm init phase etcd local --dry-run --config "$SETTINGS/init.yaml" >/dev/null
  # The initial cluster from the member's join is no setting, so it stays.
  grep -e '- --initial-cluster=' -e '- --initial-cluster-state=' "$MANIFESTS/etcd.yaml" >"$initial"
  sed -i -e "/- --initial-cluster=/{r $initial" -e 'd}' "$SCRATCH/manifests/etcd.yaml"
}

# replace_file NEW FILE: replaces a file by a rename, from a name that the kubelet does not read.
replace_file() {
  local aside
  aside=$(dirname "$2")/.$(basename "$2").new
  cp --preserve "$1" "$aside"
  mv "$aside" "$2"
}

# changed_settings COMPONENT: prints the lines of a component's settings that are not in the backup.
changed_settings() {
  local file
  for file in "$MANIFESTS/$1.yaml" "$SETTINGS/${1#kube-}.yaml"; do
    [[ ! -f $file ]] || diff "$BEFORE$file" "$file" | sed -n 's/^> *\(- \)\?//p'
  done | grep -v -e '^caravan.dev/settings:' -e '^caravan.dev/certificates:' -e 'Data:' | head -n 10 | cut -c -200 | paste -s -d ';' | sed 's/;/; /g'
}

# Gives each component its manifest once the components before it run with theirs.
apply_manifests() {
  local component changed
  render_manifests
  for component in $(components); do
    if ! cmp --silent "$SCRATCH/manifests/$component.yaml" "$MANIFESTS/$component.yaml"; then
      before_new_manifest "$component"
      replace_file "$SCRATCH/manifests/$component.yaml" "$MANIFESTS/$component.yaml"
    fi
    if await_component "$component" 180 runs_manifest is_crash_looping; then
      after_new_manifest "$component"
      continue
    fi
    print_component_log "$component"
    changed=$(changed_settings "$component") || true
    fail "$component does not run with its new settings${changed:+ ($changed)}; its last lines are above"
  done
}

upload_settings() {
  kubeadm init phase upload-config all --config "$SETTINGS/init.yaml" --kubeconfig /etc/kubernetes/admin.conf
}

# Seconds in which the kubelet tells the API of a static pod that it has started anew: on a busy machine it takes more than a minute.
readonly LISTED_SECONDS=300

# Succeeds when the API has the pod of this machine's API server, with the address that kubeadm reads there.
api_server_is_listed() {
  local address
  address=$(local_kubectl --namespace kube-system get pod "kube-apiserver-$NODE_NAME" --ignore-not-found \
    --output 'jsonpath={.metadata.annotations.kubeadm\.kubernetes\.io/kube-apiserver\.advertise-address\.endpoint}') && [[ -n $address ]]
}

# kubeadm itself gives up after a minute.
await_listed_api_server() {
  wait_for "$LISTED_SECONDS" "the kubelet telling the API of this machine's API server" api_server_is_listed
}

apply_changes() {
  renew_serving_certificate
  apply_manifests
  touch "$BEFORE/uploaded"
  upload_settings
  await_listed_api_server
  update_kubelet_settings
}

# Restores the backup. New files are removed, because kubeadm reads whole folders.
restore_files() {
  local file
  find "$SETTINGS" "$MANIFESTS" "$PKI" -type f | while read -r file; do
    [[ -f $BEFORE$file ]] || rm -f "$file"
  done
  find "$BEFORE" -mindepth 2 -type f -not -path "$BEFORE/pods/*" -printf '/%P\n' | while read -r file; do
    cmp --silent "$BEFORE$file" "$file" || replace_file "$BEFORE$file" "$file"
  done
}

roll_back_settings() {
  local component before
  before=$(<"$KUBELET")
  restore_files
  [[ $before == "$(<"$KUBELET")" ]] || systemctl restart kubelet
  for component in $(components); do
    await_component "$component" 180 runs_manifest false || fail "the settings of before are back; $component does not run with them, either"
  done
  [[ ! -f $BEFORE/uploaded ]] || upload_settings >/dev/null
  rm -rf "$BEFORE"
  fail "the settings of before are back, and this control plane runs with them"
}

apply_control_plane_settings() {
  # In the background, because bash ignores `set -e` inside a function that is a condition.
  apply_changes &
  wait $! || roll_back_settings
  settings_digest >"$READY"
  rm -rf "$BEFORE"
}
