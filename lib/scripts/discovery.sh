# shellcheck shell=bash
# What kubeadm finds the cluster with, and what the kubelet asks for its certificate with.

# write_discovery FILE SERVER CA_CERTIFICATE: a kubeconfig with $CLIENT_CERTIFICATE and $CLIENT_KEY; all but the server is base64.
write_discovery() {
  # No here-document, which is a file on the disk in older shells.
  printf '%s\n' \
    'apiVersion: v1' 'kind: Config' 'current-context: node' \
    'contexts: [{name: node, context: {cluster: cluster, user: node}}]' \
    "clusters: [{name: cluster, cluster: {server: 'https://$2', certificate-authority-data: $3}}]" \
    "users: [{name: node, user: {client-certificate-data: $CLIENT_CERTIFICATE, client-key-data: $CLIENT_KEY}}]" \
    >"$1"
}
