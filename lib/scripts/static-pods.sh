# shellcheck shell=bash
# Static pods of a control plane. They are checked on the machine itself, because with wrong settings no API answers.

readonly PKI=/etc/kubernetes/pki
readonly POD_LOGS=/var/log/pods

# Prints the components that run as static pods on this machine, each after those that it needs.
components() {
  local component
  for component in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    [[ ! -f $MANIFESTS/$component.yaml ]] || echo "$component"
  done
}

# running_pod COMPONENT: prints the UID of the pod in which a component runs. The kubelet derives it from the manifest.
running_pod() {
  local pid
  pid=$(pgrep --newest --full -- "^$1 ") && grep --only-matching --max-count 1 'pod[0-9a-f]\{32\}' "/proc/$pid/cgroup" | cut -c 4-
}

# answers HOST:PORT [CAS]: succeeds when a ready API server of this cluster's CA answers there.
answers() {
  curl --silent --fail --max-time 3 --cacert "${2:-$PKI/ca.crt}" --output /dev/null "https://$1/readyz"
}

# probe_field COMPONENT FIELD: prints a field of the first of a component's probes.
probe_field() { sed -n "s/^ *\(- \)\?$2: //p" "$MANIFESTS/$1.yaml" | head -n 1; }

# answers_to_probe COMPONENT PATH: succeeds when a component reports itself as healthy at the address of its probe in kubeadm's manifest.
# The certificate is not verified, because components sign it themselves.
answers_to_probe() {
  local host port scheme
  host=$(probe_field "$1" host) port=$(probe_field "$1" containerPort) scheme=$(probe_field "$1" scheme)
  curl --silent --fail --insecure --max-time 5 --output /dev/null "${scheme,,}://${host:-127.0.0.1}:$port$2"
}

is_healthy() {
  case $1 in
    etcd) answers_to_probe "$1" /readyz ;;
    kube-apiserver) answers "$NODE_ADDRESS:6443" ;;
    *) answers_to_probe "$1" /healthz ;;
  esac
}

# newest_log COMPONENT: prints the newest log file of a component since its present manifest. The file is named after the number of
# restarts. Empty files are skipped: the log of a component that is just starting may have no line yet.
newest_log() {
  local before
  before=$(previous_pod "$1") || true
  find "$POD_LOGS" -path "$POD_LOGS/kube-system_$1-${NODE_NAME}_*/$1/*.log" -not -path "*_${before:-none}/*" \
    -size +0 -newer "$MANIFESTS/$1.yaml" -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d " " -f 2
}

# is_crash_looping COMPONENT: succeeds when a component has restarted twice since await_component began, and does not run.
is_crash_looping() {
  local log restarts
  log=$(newest_log "$1") && [[ -n $log ]] || return 1
  restarts=$(basename "$log" .log)
  : "${first_restart:=$restarts}"
  ((restarts >= first_restart + 2)) && ! running_pod "$1" >/dev/null
}

# await_component COMPONENT SECONDS RUNS HOPELESS: waits until `RUNS COMPONENT` succeeds and the component is healthy. After a start it must
# stay so for three checks. Fails at the deadline, or when `HOPELESS COMPONENT` succeeds.
await_component() {
  local component=$1 deadline=$((SECONDS + $2)) runs=$3 hopeless=$4 steady=0 first_restart=""
  if is_unchanged "$component" && "$runs" "$component" >/dev/null && is_healthy "$component"; then return; fi
  while true; do
    if "$runs" "$component" >/dev/null && is_healthy "$component"; then
      ((++steady < 3)) || return 0
    else
      steady=0
      ((SECONDS < deadline)) && ! "$hopeless" "$component" || return 1
    fi
    sleep 1
  done
}

# print_component_log COMPONENT: prints a component's last lines, without containerd's timestamps.
print_component_log() {
  local log
  log=$(newest_log "$1") || true
  if [[ -n $log ]]; then
    tail -n 6 "$log" | cut -d " " -f 4- | cut -c -500 | sed "s|^|$1: |"
  else
    journalctl --unit kubelet --lines 200 --output cat | grep --fixed-strings "$1" | tail -n 4 | cut -c -500 || true
  fi
}

# Prints the last lines of the kubelet or of the first unhealthy component: components after it wait for it.
print_unhealthy_log() {
  local component
  if [[ -f $KUBELET ]] && ! kubelet_is_healthy; then
    print_kubelet_log
    return
  fi
  for component in $(components); do
    is_healthy "$component" && continue
    print_component_log "$component"
    return
  done
}

all_healthy() {
  local component
  for component in $(components); do
    is_healthy "$component" || return 1
  done
}

all_healthy_within() {
  local deadline=$((SECONDS + $1))
  until all_healthy; do
    ((SECONDS < deadline)) || return 1
    sleep 1
  done
}

# require_components SECONDS: waits until all components are healthy. Fails with the name and log of the first that is not.
require_components() {
  local component
  all_healthy_within "$1" && return
  for component in $(components); do
    is_healthy "$component" && continue
    print_component_log "$component" >&2
    fail "$component does not run on this machine ($NODE_ADDRESS); its last lines are above"
  done
}
