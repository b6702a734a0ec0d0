# shellcheck shell=bash
# Requests of a worker's kubelet for certificates, with those that it has. The controller manager approves and signs a node's own client
# certificate, and a control plane's timer approves serving certificates (approve-serving-certificates.py).

# request_certificate KIND NAMES REQUEST: prints the certificate for a request.
request_certificate() {
  local signer=kube-apiserver-client-kubelet name
  [[ $1 == client ]] || signer=kubelet-serving
  name=$(printf '{"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"generateName":"csr-"},"spec":{"signerName":"kubernetes.io/%s","usages":["digital signature","%s auth"],"request":"%s"}}' \
    "$signer" "$1" "$(base64 --wrap 0 "$3")" | kubelet_kubectl create --filename - --output name)
  wait_for 180 "the certificate of the kubelet's request ${name#*/}" has_certificate "$name"
  kubelet_kubectl get "$name" --output 'jsonpath={.status.certificate}' | base64 --decode
}

has_certificate() { [[ -n $(kubelet_kubectl get "$1" --output 'jsonpath={.status.certificate}') ]]; }

# Gives the kubelet the CAs that the program knows, and tells on the Node which it has: control planes drop none that a node uses.
follow_known_cas() {
  local ids
  base64 --decode <<<"$CA_CERTIFICATE" >"$SCRATCH/cluster-cas.crt"
  follow_cluster_cas "$SCRATCH/cluster-cas.crt" request_certificate
  rm -f "$SCRATCH/cluster-cas.crt"
  ids=$(ids_in "$CLUSTER_CA")
  # A CA that is alone was never rotated, or its node has told more.
  [[ $ids == *$'\n'* ]] || return 0
  run "CAs of the node" kubelet_kubectl annotate --overwrite node "$NODE_NAME" "caravan.dev/cluster-cas=${ids%%$'\n'*}:${ids//$'\n'/,}"
}
