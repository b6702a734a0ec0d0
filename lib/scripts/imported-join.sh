# shellcheck shell=bash
# Makes a prepared server a worker of this cluster.

# Refuses a server that still is a node of an earlier cluster of the same name.
check_cluster() {
  [[ -f /etc/kubernetes/kubelet.conf ]] || return 0
  [[ $(base64 --decode <<<"$CA_CERTIFICATE") == "$(</etc/kubernetes/pki/ca.crt)" ]] ||
    fail "this server is a node of another cluster, by the certificate of its CA; run \`kubeadm reset\` on it if that cluster is gone"
}

join_imported() {
  check_cluster
  join_worker
}
