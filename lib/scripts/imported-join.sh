# shellcheck shell=bash
# Makes a prepared server a worker of this cluster.

# shares_ca: succeeds when the server knows one of the CAs of this cluster. While they are rotated, there are two.
shares_ca() {
  local ids id
  ids=$(base64 --decode <<<"$CA_CERTIFICATE" | ca_ids)
  for id in $(ids_in "$CLUSTER_CA"); do [[ $'\n'$ids$'\n' != *$'\n'$id$'\n'* ]] || return 0; done
  return 1
}

# Refuses a server that still is a node of an earlier cluster of the same name.
check_cluster() {
  [[ -f /etc/kubernetes/kubelet.conf ]] || return 0
  shares_ca || fail "this server is a node of another cluster, by the certificate of its CA; run \`kubeadm reset\` on it if that cluster is gone"
}

join_imported() {
  check_cluster
  join_worker
}
