# shellcheck shell=bash
# Makes a prepared machine a worker of the cluster. Run again, it does what is left to do.

join_cluster() {
  timeout 300 kubeadm join --config "$SCRATCH/join.yaml"
}

forget_half_join() {
  timeout 120 kubeadm reset --force
}

join_worker() {
  if [[ -f /etc/kubernetes/kubelet.conf ]]; then
    systemctl start kubelet
    log "is a node already"
    return
  fi
  # The credential lives in memory, and only while the join runs.
  trap 'rm -f "$SCRATCH"/join.yaml "$SCRATCH"/discovery.conf' EXIT
  [[ ! -d /etc/kubernetes/pki ]] || run "clear an interrupted join" forget_half_join
  write_files
  run "kubeadm join" join_cluster
}
