# shellcheck shell=bash
# Ends an upgrade of the control planes, when all of them are done: kubeadm's rights in the cluster, kube-proxy and CoreDNS. kubeadm keeps the
# number of CoreDNS' replicas, and a Corefile of the user's own.

# Seconds until the API servers of removed control planes are forgotten. kubeadm upgrades no add-ons before.
readonly FORGOTTEN_SECONDS=180

upgrade_rights() {
  timeout 120 kubeadm upgrade apply phase bootstrap-token "v$KUBERNETES_VERSION" --kubeconfig /etc/kubernetes/admin.conf
  revoke_token_rights admin_kubectl
}

upgrade_add_ons() {
  local output deadline=$((SECONDS + FORGOTTEN_SECONDS))
  while true; do
    output=$(timeout 240 kubeadm upgrade apply phase addon all "v$KUBERNETES_VERSION" --kubeconfig /etc/kubernetes/admin.conf 2>&1) || {
      printf '%s\n' "$output"
      return 1
    }
    printf '%s\n' "$output"
    grep --quiet 'have not been upgraded' <<<"$output" || return 0
    ((SECONDS < deadline)) || fail "kubeadm did not upgrade the add-ons, because control planes run another version; see above"
    sleep 5
  done
}

finish_upgrade() {
  local record
  record=$(admin_kubectl --namespace kube-system get configmap "$UPGRADE_RECORD" --ignore-not-found --output name)
  [[ -n $record ]] || return 0
  run "rights of Kubernetes $KUBERNETES_VERSION" upgrade_rights
  run "add-ons of Kubernetes $KUBERNETES_VERSION" upgrade_add_ons
  admin_kubectl --namespace kube-system delete configmap "$UPGRADE_RECORD" --ignore-not-found >/dev/null
}
