# shellcheck shell=bash
# Makes a prepared machine a control plane. No machine is special: it joins when the cluster answers, and starts the
# cluster only if it is the machine that was first of all, nothing answers, and it never ran a cluster before.

readonly PKI=/etc/kubernetes/pki
readonly READY=$STATE/control-plane-ready

# answers HOST:PORT: whether a ready API server with our certificate authority answers there.
answers() {
  curl --silent --fail --max-time 3 --cacert "$PKI/ca.crt" --output /dev/null "https://$1/readyz"
}

peer_answers() {
  local peer
  for peer in $PEERS; do
    # What an interrupted start left running here is no cluster to join.
    [[ $peer != "$NODE_ADDRESS:6443" ]] || continue
    ! answers "$peer" || return 0
  done
  return 1
}

clear_half_start() {
  timeout 120 kubeadm reset --force
  rm -rf /var/lib/etcd/member
  write_files
}

init_cluster() {
  timeout 600 kubeadm init --config "$SETTINGS/init.yaml" --skip-token-print
  # kubeadm's token is not used: nodes join with certificates.
  kubectl --kubeconfig /etc/kubernetes/admin.conf --namespace kube-system delete secret --field-selector type=bootstrap.kubernetes.io/token
  # Noted at once: whoever waits for this script may be gone by now, and with it this script at its next message.
  touch "$READY"
}

join_cluster() {
  timeout 600 kubeadm join --config "$SETTINGS/join.yaml"
  touch "$READY"
}

start_control_plane() {
  readonly SETTINGS=/etc/kubernetes/caravan
  run "write certificates and settings" write_files
  trap 'rm -f "$SETTINGS"/discovery.conf' EXIT

  if [[ -f $READY ]]; then
    systemctl start kubelet
    log "is a control plane already"
  elif peer_answers; then
    [[ ! -f /etc/kubernetes/kubelet.conf ]] || run "clear an interrupted join" clear_half_start
    run "kubeadm join" join_cluster
  elif [[ $INSTANCE_ID == "$FOUNDER_ID" ]]; then
    [[ ! -d /etc/kubernetes/manifests || -z $(ls /etc/kubernetes/manifests) ]] || run "clear an interrupted start" clear_half_start
    run "kubeadm init" init_cluster
  else
    fail "no control plane answers at $PEERS, and this machine is not the cluster's first ($FOUNDER_ID): it does not start a second cluster. Start one of the others again, or restore etcd"
  fi
  wait_for 180 "this control plane's API at $NODE_ADDRESS:6443 being ready" answers "$NODE_ADDRESS:6443"
  systemctl enable --now caravan-approve.timer 2>/dev/null
}
