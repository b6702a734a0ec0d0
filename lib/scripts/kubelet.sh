# shellcheck shell=bash
# Settings of a node's kubelet. Settings with which it does not start are rolled back.

readonly KUBELET=/var/lib/kubelet/config.yaml

kubelet_is_healthy() {
  local port
  port=$(sed -n 's/^healthzPort: *//p' "$KUBELET")
  [[ $(curl --silent --max-time 3 "http://127.0.0.1:${port:-10248}/healthz") == ok ]]
}

print_kubelet_log() {
  journalctl --unit kubelet --lines 5 --output cat
}

restart_upgraded_kubelet() {
  systemctl daemon-reload
  systemctl restart kubelet
  # In a subshell, so that its failure does not end the script.
  (wait_for 120 "the kubelet being healthy with its new version" kubelet_is_healthy) && return
  print_kubelet_log
  fail "the kubelet does not run with version $KUBERNETES_VERSION; its last lines are above"
}

# update_kubelet_settings OPTIONS...: applies the cluster's settings to the kubelet. OPTIONS are kubeadm's, for patches of them.
update_kubelet_settings() {
  local before
  before=$(<"$KUBELET")
  timeout 120 kubeadm upgrade node phase kubelet-config "$@"
  [[ $before != "$(<"$KUBELET")" ]] || return 0
  systemctl restart kubelet
  # In a subshell, so that its failure does not end the script.
  (wait_for 60 "the kubelet being healthy with its new settings" kubelet_is_healthy) && return
  print_kubelet_log
  printf '%s\n' "$before" >"$KUBELET"
  systemctl restart kubelet
  fail "the kubelet does not run with its new settings (see above), and has its old ones again"
}
