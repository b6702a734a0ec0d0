# shellcheck shell=bash
# Brings what runs on a control plane in line with settings that have changed since it was started. What it does not run with
# is taken back, with all files that were written for it.

# What was there before a change; it is here only while the change is not done.
readonly BEFORE=$STATE/settings-before

settings_digest() {
  sha256sum <<<"$FILES" | cut -d " " -f 1
}

# Also after a change that was interrupted.
settings_changed() {
  [[ -d $BEFORE || $(<"$READY") != "$(settings_digest)" ]]
}

# Keeps what a change may touch, and which pods run. After an interrupted change, what worked last is kept already.
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

# is_unchanged COMPONENT: whether its manifest is the one of before.
is_unchanged() {
  cmp --silent "$BEFORE$MANIFESTS/$1.yaml" "$MANIFESTS/$1.yaml"
}

# previous_pod COMPONENT: prints the pod that must be gone when a component has another manifest.
previous_pod() {
  [[ -f $BEFORE/pods/$1 ]] && ! is_unchanged "$1" && cat "$BEFORE/pods/$1"
}

# runs_manifest COMPONENT: whether it runs in the pod of its present manifest: the one of before, or any other.
runs_manifest() {
  local pod before
  pod=$(running_pod "$1") || return 1
  before=$(cat "$BEFORE/pods/$1")
  [[ -n $before ]] || return 0
  if is_unchanged "$1"; then [[ $pod == "$before" ]]; else [[ $pod != "$before" ]]; fi
}

# Names and addresses may have come; the API server reads its certificate anew by itself.
renew_serving_certificate() {
  rm -f "$PKI/apiserver.crt" "$PKI/apiserver.key"
  kubeadm init phase certs apiserver --config "$SETTINGS/init.yaml" >/dev/null
}

# Has kubeadm write the manifests aside, as the settings want them.
render_manifests() {
  local initial=$SCRATCH/initial-cluster
  rm -rf "$SCRATCH/manifests"
  mkdir -p "$SCRATCH/manifests"
  KUBEADM_INIT_DRYRUN_DIR=$SCRATCH/manifests kubeadm init phase control-plane all --dry-run --config "$SETTINGS/init.yaml" >/dev/null
  [[ -f $MANIFESTS/etcd.yaml ]] || return 0
  KUBEADM_INIT_DRYRUN_DIR=$SCRATCH/manifests kubeadm init phase etcd local --dry-run --config "$SETTINGS/init.yaml" >/dev/null
  # Whom the member found when it joined is no setting.
  grep -e '- --initial-cluster=' -e '- --initial-cluster-state=' "$MANIFESTS/etcd.yaml" >"$initial"
  sed -i -e "/- --initial-cluster=/{r $initial" -e 'd}' "$SCRATCH/manifests/etcd.yaml"
}

# replace_file NEW FILE: by a rename, from a name that the kubelet does not read.
replace_file() {
  local aside
  aside=$(dirname "$2")/.$(basename "$2").new
  cp --preserve "$1" "$aside"
  mv "$aside" "$2"
}

# changed_settings COMPONENT: prints what the present settings of a component have that those of before had not.
changed_settings() {
  local file
  for file in "$MANIFESTS/$1.yaml" "$SETTINGS/${1#kube-}.yaml"; do
    [[ ! -f $file ]] || diff "$BEFORE$file" "$file" | sed -n 's/^> *\(- \)\?//p'
  done | grep -v -e '^caravan.dev/settings:' -e 'Data:' | head -n 10 | cut -c -200 | paste -s -d ';' | sed 's/;/; /g'
}

# Each component gets its manifest when those before it run with theirs.
apply_manifests() {
  local component changed
  render_manifests
  for component in $(components); do
    cmp --silent "$SCRATCH/manifests/$component.yaml" "$MANIFESTS/$component.yaml" ||
      replace_file "$SCRATCH/manifests/$component.yaml" "$MANIFESTS/$component.yaml"
    await_component "$component" 180 runs_manifest is_crash_looping && continue
    print_component_log "$component"
    changed=$(changed_settings "$component") || true
    fail "$component does not run with its new settings${changed:+ ($changed)}; its last lines are above"
  done
}

upload_settings() {
  kubeadm init phase upload-config all --config "$SETTINGS/init.yaml" --kubeconfig /etc/kubernetes/admin.conf
}

apply_changes() {
  renew_serving_certificate
  apply_manifests
  touch "$BEFORE/uploaded"
  upload_settings
  update_kubelet_settings
}

# Files that came are removed, because kubeadm reads whole folders.
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
