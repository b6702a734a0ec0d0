# shellcheck shell=bash
# Waits for static pods after an upgrade of the kubelet: one of another version starts their containers anew, some seconds after it has started
# itself. Until then they look as if they were done.

# Seconds in which no process of a static pod may change, and the timeout.
readonly SETTLED_SECONDS=20
readonly SETTLING_SECONDS=300

static_processes() { pgrep --full -- '^(etcd|kube-apiserver|kube-controller-manager|kube-scheduler) ' | sort; }

await_settled_pods() {
  local before="" now steady=0 deadline=$((SECONDS + SETTLING_SECONDS))
  while ((steady < SETTLED_SECONDS)); do
    now=$(static_processes) || now=""
    if [[ -n $now && $now == "$before" ]]; then steady=$((steady + 1)); else steady=0; fi
    before=$now
    ((SECONDS < deadline)) || fail "static pods still restart $SETTLING_SECONDS s after the upgrade of the kubelet; look at its log (journalctl --unit kubelet) and theirs"
    sleep 1
  done
}
