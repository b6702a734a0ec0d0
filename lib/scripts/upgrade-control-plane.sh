# shellcheck shell=bash
# Upgrades a control plane in place: kubeadm, then its components one after another, then its kubelet. All of it is kubeadm's, but for its
# phase `control-plane`: that moves manifests away before it writes new ones, so that an interruption leaves none, copies etcd's data each time,
# and writes manifests of its own. Here they are applied and taken back like changed settings (control-plane-settings.sh).

# Says that this run has drained the node.
readonly DRAINED=$SCRATCH/drained

# Seconds to wait for another control plane's maintenance.
readonly UPGRADE_LEASE_SECONDS=600

# needs_upgrade: succeeds when this control plane runs another version, or is being upgraded.
needs_upgrade() {
  [[ -f $UPGRADING || $(kubelet_version) != "Kubernetes v$KUBERNETES_VERSION" ]] || ! serves_version
}

serves_version() { [[ $(image_tag kube-apiserver) == "$KUBERNETES_VERSION" ]]; }

# declared_etcd_tag [FOLDER]: prints the tag of etcd's image in the settings; nothing where it is kubeadm's own.
declared_etcd_tag() { sed -n 's/^ *imageTag: "\?\([^"]*\)"\?$/\1/p' "${1:-}$SETTINGS/init.yaml" 2>/dev/null; }

changes_etcd_version() { [[ -d $BEFORE && $(declared_etcd_tag "$BEFORE") != "$(declared_etcd_tag)" ]]; }

# Checks an upgrade, and installs kubeadm, before the new settings are written: they are for this version of it.
begin_upgrade() {
  if needs_upgrade; then
    ! has_expired || renew_when_due
    if [[ $(cat "$UPGRADING" 2>/dev/null) != "$KUBERNETES_VERSION" ]]; then
      run "check the upgrade to Kubernetes $KUBERNETES_VERSION" check_upgrade
      echo "$KUBERNETES_VERSION" >"$UPGRADING"
    fi
    serves_version || back_up_settings
  fi
  [[ $(kubeadm_version) == "v$KUBERNETES_VERSION" ]] || run "install kubeadm $KUBERNETES_VERSION" install_kubernetes kubeadm
}

# Takes or extends the lease. Where an interrupted upgrade has left the API without an answer, there is nothing to protect.
hold_lease() {
  local code=0
  maintenance_lease take "$NODE_NAME" "$1" || code=$?
  if ((code == 3)); then
    fail "another control plane is being changed, so this one is not; run again when it is done"
  elif ((code != 0)) && [[ ! -f $BEFORE/interrupted ]]; then
    fail "the Kubernetes API does not answer, so this control plane is not changed now; look at kube-apiserver and etcd on the control planes"
  fi
}

pull_images() { timeout 900 kubeadm config images pull --config "$SETTINGS/init.yaml"; }

use_own_etcd_certificates() {
  export ETCD_CA=$PKI/etcd/ca.crt ETCD_CERT=$PKI/etcd/healthcheck-client.crt ETCD_KEY=$PKI/etcd/healthcheck-client.key
}

# check_own_etcd: fails when etcd is not whole, or the member's new version does not fit the others.
check_own_etcd() {
  local versions
  render_manifests
  versions=$(require_whole_etcd 120 https://127.0.0.1:2379 2379)
  check_etcd_step "$(image_tag etcd "$SCRATCH/manifests")" <<<"$versions"
}

# is_first_upgrade COMPONENT: succeeds when no control plane runs this component by its new image yet.
is_first_upgrade() {
  local images
  images=$(local_kubectl --namespace kube-system get pods --selector "component=$1" --output "$SERVER_IMAGES")
  ! grep --quiet ":v\?$(image_tag "$1" "$SCRATCH/manifests")\$" <<<"$images"
}

# The first one that is upgraded saves etcd on its disk.
save_etcd() {
  local component=etcd name
  name=etcd-$(image_tag etcd "$SCRATCH/manifests")
  if [[ -f $UPGRADING ]]; then component=kube-apiserver name=$KUBERNETES_VERSION; fi
  ! is_first_upgrade "$component" || save_snapshot https://127.0.0.1:2379 "$name"
}

# allow_kubelet_client KUBECTL: gives API servers their access to kubelets by name. Since 1.37, kubeadm no longer puts them into a group that
# has it, so control planes that join by 1.37 need it before the first upgrade ends (https://github.com/kubernetes/kubernetes/pull/138957).
allow_kubelet_client() {
  local binding=kubeadm:apiserver-kubelet-client
  [[ -n $("$1" get clusterrolebinding "$binding" --ignore-not-found --output name) ]] ||
    "$1" create clusterrolebinding "$binding" --clusterrole system:kubelet-api-admin --user kube-apiserver-kubelet-client
}

# note_upgrade KUBECTL: notes that the add-ons are to be upgraded when all control planes are.
note_upgrade() {
  local note="{\"data\":{\"version\":\"$KUBERNETES_VERSION\"}}"
  [[ -n $("$1" --namespace kube-system get configmap "$UPGRADE_RECORD" --ignore-not-found --output name) ]] ||
    "$1" --namespace kube-system create configmap "$UPGRADE_RECORD"
  "$1" --namespace kube-system patch configmap "$UPGRADE_RECORD" --type merge --patch "$note"
}

prepare_cluster() {
  allow_kubelet_client local_kubectl
  note_upgrade local_kubectl
}

# before_new_manifest COMPONENT: an API server waits for its etcd in vain, and holds its requests. One that has ended does not.
before_new_manifest() {
  [[ $1 == etcd && $(image_tag etcd) != "$(image_tag etcd "$SCRATCH/manifests")" ]] || return 0
  end_api_server
}

end_api_server() {
  local pid deadline=$((SECONDS + 70))
  pid=$(pgrep --newest --full -- "^kube-apiserver ") || return 0
  kill -TERM "$pid" || return 0
  while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 1; done
}

# after_new_manifest COMPONENT: a member with a new version may have changed its data so that the former one cannot read them. So it stays,
# even if another component is taken back.
after_new_manifest() {
  [[ $1 == etcd && $(image_tag etcd) != "$(image_tag etcd "$BEFORE$MANIFESTS")" ]] || return 0
  use_own_etcd_certificates
  require_whole_etcd 180 https://127.0.0.1:2379 2379 >/dev/null
  cp --preserve "$MANIFESTS/etcd.yaml" "$BEFORE$MANIFESTS/etcd.yaml"
  # It trusts these CAs, and its manifest says so: with former ones in the files, it would not be restarted for the new ones.
  cp --preserve "$PKI"/etcd/ca.* "$BEFORE$PKI/etcd/"
  running_pod etcd >"$BEFORE/pods/etcd"
}

upgrade_components() {
  run "pull images" pull_images
  if [[ -f $MANIFESTS/etcd.yaml ]]; then
    use_own_etcd_certificates
    run "check etcd" check_own_etcd
    run "save etcd" save_etcd
  fi
  if [[ -f $UPGRADING ]]; then
    run "prepare the cluster" prepare_cluster
    run "drain" drain_own_node
    touch "$DRAINED"
  fi
  hold_lease 60
  touch "$BEFORE/interrupted"
  run "new components" apply_components
}

apply_components() {
  renew_serving_certificate
  apply_manifests
  touch "$BEFORE/uploaded"
  upload_settings
}

roll_back_upgrade() {
  local from tag
  # It ends with a failure in any case. In the background, so that this script goes on.
  roll_back_settings &
  wait $! || true
  return_own_node || log "this node is still cordoned; the next run gives it back, or kubectl uncordon $NODE_NAME"
  [[ ! -d $BEFORE ]] || fail "the upgrade failed, and so did the way back; see above. The next run goes on"
  rm -f "$UPGRADING"
  from=$(image_tag kube-apiserver) tag=$(image_tag etcd)
  fail "the upgrade failed; see above. This control plane runs Kubernetes $from as before${tag:+, with etcd $tag}, and no other one was touched in this run"
}

# node_is_current: succeeds when the Node is Ready with the kubelet of this version.
node_is_current() {
  [[ $(local_kubectl get node "$NODE_NAME" --output 'jsonpath={.status.nodeInfo.kubeletVersion} {.status.conditions[?(@.type=="Ready")].status}') == "v$KUBERNETES_VERSION True" ]]
}

# kubeadm's own steps for the kubelet, among them those of a certain version: that of 1.35 removes a flag with which its kubelet does not start.
kubelet_configuration() {
  await_listed_api_server
  timeout 180 kubeadm upgrade node --skip-phases preflight,control-plane,addon
}

upgrade_kubelet() {
  hold_lease 60
  [[ -f $DRAINED ]] || run "drain" drain_own_node
  [[ $(kubelet_version) == "Kubernetes v$KUBERNETES_VERSION" ]] || run "install kubelet $KUBERNETES_VERSION" install_kubernetes kubelet kubectl
  run "settings of the kubelet" kubelet_configuration
  run "restart the kubelet" restart_upgraded_kubelet
  run "static pods of the new kubelet" await_settled_pods
  require_components 300
  wait_for 300 "this node being Ready with version $KUBERNETES_VERSION" node_is_current
  # kubeadm's copies of former settings, which nothing reads.
  rm -rf /etc/kubernetes/tmp/kubeadm-*
}

give_up_kubelet() {
  return_own_node || log "this node is still cordoned; the next run gives it back, or kubectl uncordon $NODE_NAME"
  fail "the components of this control plane run Kubernetes $KUBERNETES_VERSION, and its kubelet does not; see above. The next run goes on with the kubelet"
}

release_lease() {
  [[ -z ${HOLDS_LEASE:-} ]] || maintenance_lease release "$NODE_NAME" || true
}

upgrade_control_plane() {
  hold_lease "$UPGRADE_LEASE_SECONDS"
  HOLDS_LEASE=yes
  rm -f "$DRAINED"
  if [[ -d $BEFORE ]]; then
    # In the background, because bash ignores `set -e` inside a function that is a condition.
    upgrade_components &
    wait $! || roll_back_upgrade
    settings_digest >"$READY"
    rm -rf "$BEFORE"
  fi
  if [[ -f $UPGRADING ]]; then
    upgrade_kubelet &
    wait $! || give_up_kubelet
    return_own_node || fail "this node is still cordoned; the next run gives it back, or kubectl uncordon $NODE_NAME"
    rm -f "$UPGRADING"
    log "runs Kubernetes $KUBERNETES_VERSION"
  fi
}

# Prepares a join while other control planes run an earlier version. kubeadm takes the version of Kubernetes, and of etcd, from the
# cluster's configuration.
prepare_mixed_join() {
  local servers
  servers=$(server_images peer_kubectl | grep --invert-match ":v$KUBERNETES_VERSION\$") || return 0
  check_servers "$KUBERNETES_VERSION" <<<"$servers"
  [[ $ETCD == external ]] || check_joining_etcd
  allow_kubelet_client peer_kubectl
  note_upgrade peer_kubectl
  sed "s|^\( *server:\) .*|\1 https://$ANSWERING|" "$SCRATCH/admin.conf" >"$SCRATCH/peer.conf"
  kubeadm init phase upload-config kubeadm --config "$SETTINGS/init.yaml" --kubeconfig "$SCRATCH/peer.conf"
}

# check_joining_etcd: fails when the member that kubeadm starts does not fit the others.
check_joining_etcd() {
  local versions tag
  # That of the health check has been signed by remove_predecessor.
  use_own_etcd_certificates
  versions=$(require_whole_etcd 120 "https://${ANSWERING%:*}:2379" 2379)
  tag=$(declared_etcd_tag)
  [[ -n $tag ]] || tag=$(kubeadm config images list --config "$SETTINGS/init.yaml" | sed -n 's|.*/etcd:||p')
  check_etcd_step "$tag" <<<"$versions"
}
