# shellcheck shell=bash
# CAs of the cluster that a machine trusts. While they are rotated, a file has two, that of the CA in use first.

# shellcheck disable=SC2034 # used by other files
readonly CLUSTER_CA=/etc/kubernetes/pki/ca.crt

# ca_ids: prints an id of each certificate on standard input, one a line.
ca_ids() {
  local line block=""
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $line != *"BEGIN CERTIFICATE"* ]] || block=""
    block+=$line$'\n'
    [[ $line == *"END CERTIFICATE"* ]] || continue
    openssl x509 -noout -fingerprint -sha256 <<<"$block" | sed 's/.*=//; s/://g' | tr A-F a-f | cut -c -16
  done
}

# ids_in FILE: prints the ids of the certificates in a file; nothing when there is no file.
ids_in() { [[ ! -f $1 ]] || ca_ids <"$1"; }

# cas_in KUBECONFIG: prints the CAs that it trusts.
cas_in() { sed -n 's/^ *certificate-authority-data: *//p' "$1" | base64 --decode; }

# is_signed_by CAS: succeeds when the first CA in a file has signed the certificate on standard input.
is_signed_by() { openssl verify -partial_chain -no_check_time -CAfile <(openssl x509 -in "$1") >/dev/null 2>&1; }

# trusts_cas KUBECONFIG CAS: succeeds when a kubeconfig has the CAs of a file, in their order.
trusts_cas() { [[ $(cas_in "$1" | ca_ids) == "$(ids_in "$2")" ]]; }

# trust_cas KUBECONFIG CAS: gives a kubeconfig the CAs of a file. kubeadm writes only the first.
trust_cas() {
  ! trusts_cas "$1" "$2" || return 0
  sed "s|^\( *certificate-authority-data:\) .*|\1 $(base64 --wrap 0 "$2")|" "$1" >"$1.new"
  mv "$1.new" "$1"
}
