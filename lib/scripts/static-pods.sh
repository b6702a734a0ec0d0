# shellcheck shell=bash
# What a control plane runs from manifests. It is asked on the machine itself: with wrong settings there is no API to ask.

readonly PKI=/etc/kubernetes/pki
readonly POD_LOGS=/var/log/pods

# Prints the static pods of this machine, each after those that it needs.
components() {
  local component
  for component in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    [[ ! -f $MANIFESTS/$component.yaml ]] || echo "$component"
  done
}

# running_pod COMPONENT: prints the UID of the pod in which a component runs. The kubelet makes it from the manifest.
running_pod() {
  local pid
  pid=$(pgrep --newest --full -- "^$1 ") && grep --only-matching --max-count 1 'pod[0-9a-f]\{32\}' "/proc/$pid/cgroup" | cut -c 4-
}

# answers HOST:PORT: whether a ready API server with our CA answers there.
answers() {
  curl --silent --fail --max-time 3 --cacert "$PKI/ca.crt" --output /dev/null "https://$1/readyz"
}

# probe_field COMPONENT FIELD: prints what the first of a component's probes has.
probe_field() { sed -n "s/^ *\(- \)\?$2: //p" "$MANIFESTS/$1.yaml" | head -n 1; }

# answers_to_probe COMPONENT PATH: whether a component says that it is healthy, where kubeadm has the kubelet ask it; what answers by
# TLS there shows a certificate of its own making.
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

# newest_log COMPONENT: prints the file with what a component wrote last, and that since it has its present manifest. It is named
# after the number of restarts; that of one that starts just now may have no line yet.
newest_log() {
  local before
  before=$(previous_pod "$1") || true
  find "$POD_LOGS" -path "$POD_LOGS/kube-system_$1-${NODE_NAME}_*/$1/*.log" -not -path "*_${before:-none}/*" \
    -size +0 -newer "$MANIFESTS/$1.yaml" -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d " " -f 2
}

# is_crash_looping COMPONENT: whether a component has ended again and again since await_component looks at it.
is_crash_looping() {
  local log restarts
  log=$(newest_log "$1") && [[ -n $log ]] || return 1
  restarts=$(basename "$log" .log)
  : "${first_restart:=$restarts}"
  ((restarts >= first_restart + 2)) && ! running_pod "$1" >/dev/null
}

# await_component COMPONENT SECONDS RUNS HOPELESS: waits until `RUNS COMPONENT` is true and the component healthy, and stays so if it
# started just now; fails when it takes too long, or when `HOPELESS COMPONENT` is true.
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

# print_component_log COMPONENT: prints a component's last lines, without the times that containerd puts before them.
print_component_log() {
  local log
  log=$(newest_log "$1") || true
  if [[ -n $log ]]; then
    tail -n 6 "$log" | cut -d " " -f 4- | cut -c -500 | sed "s|^|$1: |"
  else
    journalctl --unit kubelet --lines 200 --output cat | grep --fixed-strings "$1" | tail -n 4 | cut -c -500 || true
  fi
}

# Prints the last lines of what keeps a control plane from running: a component waits for those before it.
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

# require_components SECONDS: waits until all components are healthy, and says what is not.
require_components() {
  local component
  all_healthy_within "$1" && return
  for component in $(components); do
    is_healthy "$component" && continue
    print_component_log "$component" >&2
    fail "$component does not run on this machine ($NODE_ADDRESS); its last lines are above"
  done
}
