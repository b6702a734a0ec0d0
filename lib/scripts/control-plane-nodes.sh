# shellcheck shell=bash
# Settings of a control plane in the cluster: its own Node, and measures that keep a machine from becoming another node.

# local_kubectl ARGUMENTS...: runs kubectl as administrator at this machine's own API server.
local_kubectl() { admin_kubectl --server "https://$NODE_ADDRESS:6443" "$@"; }

# Records the addresses for which this machine's kubelet may have a certificate.
record_control_plane() {
  export DRAIN_SECONDS=0
  write_record "$CONTROL_PLANE_RECORD" <<<"$NODE_NAME $INSTANCE_ID $NODE_ADDRESS${API_ADDRESSES:+,$API_ADDRESSES}"
}

# `kubeadm init` writes the DNS servers' file of its own machine into the settings of all kubelets. Without it, kubeadm finds each machine's.
forget_own_resolver() {
  grep --quiet '^resolvConf:' "$SETTINGS/init.yaml" && return
  local_kubectl --namespace kube-system get configmap kubelet-config --output 'jsonpath={.data.kubelet}' | grep --quiet '^resolvConf:' || return 0
  kubeadm init phase upload-config kubelet --config "$SETTINGS/init.yaml" --kubeconfig /etc/kubernetes/admin.conf
}

has_own_node() { local_kubectl get node "$NODE_NAME"; }

# A snapshot has the Node of an earlier machine, whose provider ID stays. The kubelet makes another one when it starts.
renew_own_node() {
  local provider
  provider=$(local_kubectl get node "$NODE_NAME" --ignore-not-found --output 'jsonpath={.spec.providerID}')
  [[ $provider != "openstack:///$INSTANCE_ID" ]] || return 0
  [[ -z $provider ]] || local_kubectl delete node "$NODE_NAME" --wait=false
  systemctl restart kubelet
  wait_for 120 "the kubelet making its Node" has_own_node
  kubeadm init phase mark-control-plane --config "$SETTINGS/init.yaml"
}

restrict_joins() {
  revoke_token_rights local_kubectl
  record_control_plane
}

# Sets the labels of the node's place.
label_control_plane() {
  # shellcheck disable=SC2086 # split into words, because labels have no spaces
  [[ -z ${TOPOLOGY:-} ]] || local_kubectl label --overwrite node "$NODE_NAME" $TOPOLOGY
}

# Sets the taint and the label by which kubeadm keeps workloads and load balancers away from control planes, or removes them.
set_schedulable() {
  local taint=node-role.kubernetes.io/control-plane label=node.kubernetes.io/exclude-from-external-load-balancers taints
  if [[ $SCHEDULABLE != yes ]]; then
    local_kubectl taint --overwrite node "$NODE_NAME" "$taint:NoSchedule"
    local_kubectl label --overwrite node "$NODE_NAME" "$label="
    return
  fi
  taints=$(local_kubectl get node "$NODE_NAME" --output 'jsonpath={range .spec.taints[*]}{.key}:{.effect} {end}')
  # kubectl refuses to remove a taint that is not there.
  [[ " $taints" != *" $taint:NoSchedule "* ]] || local_kubectl taint node "$NODE_NAME" "$taint:NoSchedule-"
  local_kubectl label node "$NODE_NAME" "$label-"
}
