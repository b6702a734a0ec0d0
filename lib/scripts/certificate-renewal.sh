# shellcheck shell=bash
# Renews the certificates of a control plane with less than a third of their validity left. A timer and each run of the control plane's
# script do so, one control plane after another. When a component does not run with its new certificates, the former ones are restored.

# Backup of the files from before a renewal. It exists until all components run with the new ones. The file `renewed` in it says that
# all are written.
readonly RENEWAL=$STATE/renewal

readonly LEASE=/usr/local/sbin/caravan-maintenance-lease

# Seconds to wait for other control planes, in the timer's run and in others.
TIMER_LEASE_SECONDS=1200
# shellcheck disable=SC2034 # used by other files
RUN_LEASE_SECONDS=300

# Seconds after the restart of an API server until load balancers send requests to it again: Octavia's monitor takes 3 checks of 5 s.
NOTICED_SECONDS=15

maintenance_lease() { "$LEASE" "$@"; }

# Puts the files of the backup in their places.
restore_certificates() {
  local file component
  while read -r _ _ component; do rm -f "$(restart_patch "$component")"; done <"$RENEWAL/due"
  find "$RENEWAL/files" -type f -printf '/%P\n' | while read -r file; do
    cmp --silent "$RENEWAL/files$file" "$file" || replace_file "$RENEWAL/files$file" "$file"
  done
}

# Restores what an interrupted renewal has written, because a file may be incomplete. It is renewed again.
restore_interrupted_renewal() {
  rm -rf "$RENEWAL.new"
  [[ -d $RENEWAL && ! -f $RENEWAL/renewed ]] || return 0
  restore_certificates
  rm -rf "$RENEWAL"
}

# restart_patch COMPONENT: prints the path of kubeadm's patch that keeps the annotation of restart_component in later manifests.
restart_patch() { echo "$SETTINGS/patches/$1-certificates+merge.yaml"; }

# Prints the components that a renewal of these certificates restarts.
components_to_restart() {
  local component
  for component in $(components); do
    ! grep --quiet " $component\$" "$RENEWAL/due" || echo "$component"
  done
}

# back_up_certificates DUE: backs up the files that a renewal of these certificates changes, and the UIDs of the pods that it restarts.
back_up_certificates() {
  local certificate component file
  mkdir -p "$RENEWAL.new/pods"
  printf '%s\n' "$1" >"$RENEWAL.new/due"
  while read -r _ certificate component; do
    for file in "$certificate" "${certificate%.crt}.key" "$MANIFESTS/$component.yaml" "$(restart_patch "$component")"; do
      [[ -f $file ]] || continue
      mkdir -p "$RENEWAL.new/files$(dirname "$file")"
      cp --preserve "$file" "$RENEWAL.new/files$file"
    done
    [[ $component == - ]] || running_pod "$component" >"$RENEWAL.new/pods/$component" || true
  done <<<"$1"
  mv "$RENEWAL.new" "$RENEWAL"
}

# A change of settings that is to be rolled back must not bring the old certificates back.
keep_in_settings_backup() {
  local file
  while read -r _ file _; do
    [[ ! -f $BEFORE$file ]] || cp --preserve "$file" "${file%.crt}.key" "$(dirname "$BEFORE$file")/"
  done <"$RENEWAL/due"
}

write_new_certificates() {
  local name file
  while read -r name file _; do
    timeout 60 kubeadm certs renew "$name" --config "$SETTINGS/init.yaml" </dev/null
    [[ $name != *.conf ]] || trust_cas "$file" "$PKI/ca.crt"
  done <"$RENEWAL/due"
  [[ ! -d $BEFORE ]] || keep_in_settings_backup
  touch "$RENEWAL/renewed"
}

# The administrator's kubeconfig is renewed first, because the lease needs it, and no component reads it.
renew_admin_kubeconfig() {
  [[ $1 == *admin.conf* ]] || return 0
  rm -rf "$SCRATCH/renewed"
  timeout 60 kubeadm init phase kubeconfig admin --config "$SETTINGS/init.yaml" --kubeconfig-dir "$SCRATCH/renewed"
  trust_cas "$SCRATCH/renewed/admin.conf" "$PKI/ca.crt"
  replace_file "$SCRATCH/renewed/admin.conf" /etc/kubernetes/admin.conf
  rm -rf "$SCRATCH/renewed"
  log "renewed certificates: admin.conf"
}

# certificates_digest COMPONENT: prints a digest of the certificates that a component reads at its start. YAML needs no quotes around it.
certificates_digest() {
  local file component
  certificates | while read -r _ file component; do
    [[ $component != "$1" ]] || cat "$file"
  done | sha256sum | sed 's/^\(.\{16\}\).*/sha256-\1/'
}

# restart_component COMPONENT: gives its manifest an annotation, because the kubelet restarts a static pod only when its manifest changes. It
# is where kubeadm writes it by the patch, so that the next change of settings finds no difference.
restart_component() {
  local digest manifest=$MANIFESTS/$1.yaml new=$SCRATCH/$1.yaml annotation
  digest=$(certificates_digest "$1")
  annotation="    caravan.dev/certificates: $digest"
  printf 'metadata:\n  annotations:\n    caravan.dev/certificates: %s\n' "$digest" >"$(restart_patch "$1")"
  sed '/^    caravan.dev\/certificates:/d' "$manifest" |
    if grep --quiet '^  annotations:$' "$manifest"; then
      sed "s|^  annotations:\$|&\n$annotation|"
    else
      sed "s|^metadata:\$|&\n  annotations:\n$annotation|"
    fi >"$new"
  cmp --silent "$new" "$manifest" || replace_file "$new" "$manifest"
  rm -f "$new"
}

# runs_renewed COMPONENT: succeeds when it runs in another pod than before the renewal, and runs_former when in the same.
runs_renewed() { local pod && pod=$(running_pod "$1") && [[ $pod != "$(<"$RENEWAL/pods/$1")" ]]; }
runs_former() { local pod && pod=$(running_pod "$1") && [[ $pod == "$(<"$RENEWAL/pods/$1")" ]]; }

# Restores the former certificates, unless they have ended.
roll_back_certificates() {
  local component
  ! sed "s| | $RENEWAL/files|" "$RENEWAL/due" | any_expired || fail "the former certificates have ended, so the new ones stay; the next run goes on"
  restore_certificates
  for component in $(components_to_restart); do
    await_component "$component" 180 runs_former false || fail "the former certificates are back; $component does not run with them, either"
  done
  rm -rf "$RENEWAL"
  fail "the former certificates are back, and this control plane runs with them; the next run tries again"
}

restart_components() {
  local component
  for component in $(components_to_restart); do
    [[ -z $LEASED ]] || maintenance_lease take "$NODE_NAME" 60 || fail "the lease of this renewal is lost; the next run goes on"
    restart_component "$component"
    # Without the lease, etcd may wait for other control planes whose certificates have ended, too.
    [[ -n $LEASED ]] || continue
    if ! await_component "$component" 180 runs_renewed is_crash_looping; then
      print_component_log "$component"
      log "$component does not run with its new certificates; its last lines are above"
      roll_back_certificates
    fi
    [[ $component != kube-apiserver ]] || sleep "$NOTICED_SECONDS"
  done
}

# has_expired: succeeds when a certificate of this control plane has ended.
has_expired() { certificates | any_expired; }

# take_lease SECONDS: sets LEASED. Fails when another control plane holds the lease. Where certificates have ended and the API does not
# answer, there is nothing to protect.
take_lease() {
  local code=0
  LEASED=""
  maintenance_lease take "$NODE_NAME" "$1" || code=$?
  if ((code == 0)); then
    LEASED=yes
    trap 'maintenance_lease release "$NODE_NAME" || true' EXIT
  else
    ((code == 4)) && has_expired || return 1
    log "certificates have ended: they are renewed without the lease"
  fi
}

renew_components() {
  local due=$1
  take_lease "$2" || { log "the renewal of certificates is put off until the next run" && return; }
  if [[ ! -d $RENEWAL ]]; then
    all_healthy_within 60 || has_expired || fail "certificates are not renewed, because not all components of this control plane are healthy"
    back_up_certificates "$due"
  fi
  [[ -f $RENEWAL/renewed ]] || write_new_certificates
  restart_components
  log "renewed certificates: $(cut -d " " -f 1 "$RENEWAL/due" | paste -s -d " ")"
  rm -rf "$RENEWAL"
  iso_time "$(date +%s)" >"$STATE/certificates-renewed"
}

# renew_due_certificates SECONDS: renews what is due, and goes on with an interrupted renewal.
renew_due_certificates() {
  local due
  restore_interrupted_renewal
  due=$(due_certificates)
  renew_admin_kubeconfig "$due"
  due=$(grep -v '^admin.conf ' <<<"$due") || true
  [[ -z $due && ! -d $RENEWAL ]] || renew_components "$due" "$1"
}

# try_renewal SECONDS: renews what is due, waits so long for other control planes, and records the outcome.
try_renewal() {
  local output code=0
  output=$(mktemp "$SCRATCH/renewal.XXXXXX")
  # In the background, because bash ignores `set -e` inside a function that is a condition.
  renew_due_certificates "$1" >"$output" 2>&1 </dev/null &
  wait $! || code=$?
  cat "$output" >&2
  if ((code == 0)); then
    rm -f "$STATE/certificates-error"
  else
    grep . "$output" | tail -n 1 | cut -c -300 >"$STATE/certificates-error"
  fi
  rm -f "$output"
  record_certificates
  return $code
}

# Entry of the timer's run. On a machine that has not joined yet, there is nothing to renew.
renew_certificates() {
  lock_machine
  [[ -f $STATE/control-plane-ready ]] || return 0
  try_renewal "$TIMER_LEASE_SECONDS"
}
