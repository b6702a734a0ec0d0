# shellcheck shell=bash
# Makes a prepared machine a worker of the cluster. A further run completes an interrupted one, and applies its pool's settings and version to
# the kubelet of a node that has joined.

# has_joined: checks both files, because the kubelet writes its kubeconfig before it has the certificate in it.
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

# Waits until the kubelet has created the Node. kubeadm ends before that, and later steps, like labels and taints, need the Node.
await_registration() {
  wait_for 120 "the kubelet making its Node" is_registered
}

# Sets the labels of the node's place, which NodeRestriction leaves to kubelets. A control plane sets them, too, when all of the batch have
# joined; until then, pods must not be placed as if the node had no zone.
set_topology() {
  # shellcheck disable=SC2086 # split into words, because labels have no spaces
  [[ -z ${TOPOLOGY:-} ]] || kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 30s label --overwrite node "$NODE_NAME" $TOPOLOGY
}

register_again() {
  systemctl restart kubelet
  await_registration
}

update_node() {
  # An interrupted join may have left this file.
  rm -f /etc/kubernetes/bootstrap-kubelet.conf
  systemctl start kubelet || [[ -f $UPGRADING ]]
  # Without a Node, kubeadm finds no settings. Its join was interrupted, or somebody deleted the Node.
  is_registered >/dev/null 2>&1 || run "register the node again" register_again
  ! worker_needs_upgrade || upgrade_worker
  follow_known_cas
  run "kubelet settings" update_kubelet_settings --patches "$PATCHES"
  log "is a node already"
}

become_node() {
  [[ -n ${CLIENT_KEY:-} ]] ||
    fail "it got no credential to join with: the cluster has a node of this name whose kubelet reports (see above). If this machine was reinstalled, run \`pulumi up\` again when that Node's status is Unknown, or delete it"
  # $SCRATCH is in memory. The credential is there and in the kubelet's file only while the join runs.
  trap 'rm -f "$SCRATCH"/join.yaml "$SCRATCH"/discovery.conf /etc/kubernetes/bootstrap-kubelet.conf' EXIT
  [[ ! -d /etc/kubernetes/pki ]] || run "clear an interrupted join" reset_interrupted_join
  rm -rf "$FORMER_IDENTITY"
  before_kubeadm
  write_files "$JOIN_FILES"
  write_discovery "$SCRATCH/discovery.conf" "$API_ENDPOINT" "$CA_CERTIFICATE"
  run "kubeadm join" join_node
  run "register the node" await_registration
  run "zone and region of the node" set_topology
  follow_known_cas
}

join_worker() {
  lock_machine
  forget_script
  update_preparation curl
  run "write settings" write_files "$FILES"
  if has_joined; then update_node; else become_node; fi
  after_kubeadm
  note_script
}
