# shellcheck shell=bash
# Other versions of etcd and of the kubelet on a machine of etcd. Its members are out of service for a moment, so all others must vote.

# changes_version: succeeds when this machine is one of etcd, and its kubelet or one of its members gets another version.
changes_version() {
  local name
  [[ -f $STATE/etcd-machine ]] || return 1
  [[ $(kubelet_version) == "Kubernetes v$KUBERNETES_VERSION" ]] || return 0
  while read -r name _; do
    [[ ! -f $MANIFESTS/$name.yaml || $(image_tag "$name") == "${IMAGE##*:}" ]] || return 0
  done <<<"$INSTANCES"
  return 1
}

# Checks that the others do without this machine, and that the versions fit. The initial member, which is the first to change, saves
# Kubernetes' etcd on its disk.
check_version_change() {
  local etcd endpoint versions
  while read -r -a etcd; do
    select_etcd "${etcd[@]}"
    # shellcheck disable=SC2153 # select_etcd sets it
    if [[ ! -f $MANIFESTS/$ETCD.yaml ]] || ! has_data || leaves_former_etcd; then continue; fi
    endpoint=$(etcd_first_answering "https://127.0.0.1:$CLIENT_PORT" "${OTHERS[@]}") ||
      fail "no member of $ETCD answers, so none gets another version; start them again with the versions that they have"
    # This member itself may be what is to be cured.
    versions=$(require_whole_etcd 120 "$endpoint" "$CLIENT_PORT" "$NODE_NAME")
    check_etcd_step "${IMAGE##*:}" <<<"$versions"
    [[ $ETCD != etcd || $NODE_NAME != "$FIRST_MEMBER" ]] || save_snapshot "$endpoint" "$KUBERNETES_VERSION"
  done <<<"$INSTANCES"
}
