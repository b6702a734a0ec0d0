# shellcheck shell=bash
# Makes a prepared machine a worker of the cluster. Run again, it does what is left to do, and brings the kubelet of a node
# that has joined to its pool's settings.

# The kubelet writes its kubeconfig before it has the certificate that this speaks of.
has_joined() {
  [[ -f /etc/kubernetes/kubelet.conf && -e /var/lib/kubelet/pki/kubelet-client-current.pem ]]
}

join_node() {
  timeout 300 kubeadm join --config "$SCRATCH/join.yaml"
}

reset_interrupted_join() {
  timeout 120 kubeadm reset --force
}

is_registered() {
  kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 10s get node "$NODE_NAME"
}

# kubeadm is done before the kubelet has made the Node; what comes after, like labels and taints, needs it.
await_registration() {
  wait_for 120 "the kubelet making its Node" is_registered
}

register_again() {
  systemctl restart kubelet
  await_registration
}

join_worker() {
  run "write settings" write_files
  if has_joined; then
    # What an interrupted join left.
    rm -f /etc/kubernetes/bootstrap-kubelet.conf
    systemctl start kubelet
    # kubeadm finds no settings for a node without a Node: its join was interrupted, or somebody deleted it.
    is_registered >/dev/null 2>&1 || run "register the node again" register_again
    run "kubelet settings" update_kubelet_settings --patches "$PATCHES"
    log "is a node already"
    return
  fi
  [[ -n ${CLIENT_KEY:-} ]] ||
    fail "it got no credential to join with: the cluster has a node of this name whose kubelet reports (see above). If this machine was set up anew, run \`pulumi up\` again when that Node's status is Unknown, or delete it"
  # The credential lives in memory, and only while the join runs; kubeadm and the kubelet have it on the disk meanwhile.
  trap 'rm -f "$SCRATCH"/join.yaml "$SCRATCH"/discovery.conf /etc/kubernetes/bootstrap-kubelet.conf' EXIT
  [[ ! -d /etc/kubernetes/pki ]] || run "clear an interrupted join" reset_interrupted_join
  FILES=$JOIN_FILES write_files
  write_discovery "$SCRATCH/discovery.conf" "$API_ENDPOINT" "$CA_CERTIFICATE"
  run "kubeadm join" join_node
  run "register the node" await_registration
}
