# shellcheck shell=bash
# Kubeconfig with which kubeadm finds the cluster, and with which the kubelet requests its certificate.

# write_discovery FILE SERVER CA_CERTIFICATE: writes a kubeconfig with $CLIENT_CERTIFICATE and $CLIENT_KEY. All but SERVER is base64.
write_discovery() {
  # No here-document, because older shells write it to the disk.
  printf '%s\n' \
    'apiVersion: v1' 'kind: Config' 'current-context: node' \
    'contexts: [{name: node, context: {cluster: cluster, user: node}}]' \
    "clusters: [{name: cluster, cluster: {server: 'https://$2', certificate-authority-data: $3}}]" \
    "users: [{name: node, user: {client-certificate-data: $CLIENT_CERTIFICATE, client-key-data: $CLIENT_KEY}}]" \
    >"$1"
}
