# shellcheck shell=bash
# Upgrades the kubelet of a worker in place: kubeadm, the kubelet's settings, then the kubelet itself. Containers go on running. A further run
# completes an interrupted one. A control plane has drained the node before (node-change.py).

worker_needs_upgrade() { [[ -f $UPGRADING ]] || ! kubernetes_installed; }

kubelet_kubectl() { kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 10s "$@"; }

# Prints the version of an API server. The lowest decides, but a run reaches workers only when all control planes have theirs.
api_server_version() { kubelet_kubectl get --raw /version | sed -n 's/^ *"gitVersion": "v\([^"]*\)".*/\1/p'; }

# Fails when Kubernetes does not allow the upgrade. Nothing has changed then.
check_worker_upgrade() {
  local from server
  from=$(kubelet_version)
  from=${from#Kubernetes v}
  ! is_older "$KUBERNETES_VERSION" "$from" ||
    fail "this node runs Kubernetes $from, and $KUBERNETES_VERSION is older, but Kubernetes does not go back; give kubernetesVersion $from or later"
  server=$(api_server_version) || server=""
  [[ -n $server ]] || fail "the Kubernetes API does not tell this node its version, so it is not upgraded; look at kube-apiserver on the control planes"
  ! is_older "$server" "$KUBERNETES_VERSION" ||
    fail "the API server runs Kubernetes $server, and no kubelet may be newer, like $KUBERNETES_VERSION; upgrade the control planes first"
}

# kubeadm takes the names of checks in a list without spaces.
upgrade_kubelet_settings() {
  timeout 120 kubeadm upgrade node --patches "$PATCHES" ${IGNORED_CHECKS:+--ignore-preflight-errors "${IGNORED_CHECKS// /,}"}
  # kubeadm's copies of former settings, which nothing reads.
  rm -rf /etc/kubernetes/tmp/kubeadm-*
}

reports_version() {
  [[ $(kubelet_kubectl get node "$NODE_NAME" --output 'jsonpath={.status.nodeInfo.kubeletVersion}') == "v$KUBERNETES_VERSION" ]]
}

upgrade_worker() {
  run "check the upgrade to Kubernetes $KUBERNETES_VERSION" check_worker_upgrade
  echo "$KUBERNETES_VERSION" >"$UPGRADING"
  has_program kubeadm || run "install kubeadm $KUBERNETES_VERSION" install_kubernetes kubeadm
  # Each kubeadm names a sandbox image of its own.
  [[ -z $IMAGE_REPOSITORY ]] || run "containerd" install_containerd "$(containerd_settings)"
  run "settings of the kubelet" upgrade_kubelet_settings
  have_programs kubelet kubectl || run "install kubelet $KUBERNETES_VERSION" install_kubernetes kubelet kubectl
  run "hold packages" hold_packages kubeadm kubelet kubectl
  close_kubelet_units
  run "restart the kubelet" restart_upgraded_kubelet
  wait_for 60 "the kubelet reporting its new version" reports_version
  rm -f "$UPGRADING"
  log "runs Kubernetes $KUBERNETES_VERSION"
}
