# shellcheck shell=bash
# Gives the kubelet of a node the CAs of the cluster, and certificates of the CA in use, while the CA is rotated. The kubelet goes on with its
# former ones until all new ones are there, and restarts once.

readonly KUBELET_ACCESS=/etc/kubernetes/kubelet.conf
readonly KUBELET_PKI=/var/lib/kubelet/pki

# Files from before a change. They exist until the kubelet runs with the new ones.
readonly FORMER_IDENTITY=$STATE/kubelet-identity-before

# has_identity CAS: succeeds when the kubelet has the CAs of a file. One that has them has certificates of the first.
has_identity() {
  [[ -f $CLUSTER_CA ]] || return 0
  [[ ! -d $FORMER_IDENTITY && $(ids_in "$CLUSTER_CA") == "$(ids_in "$1")" ]] || return 1
  [[ ! -f $KUBELET_ACCESS ]] || trusts_cas "$KUBELET_ACCESS" "$1"
}

# follow_cluster_cas CAS SIGN: gives the kubelet the CAs of a file. `SIGN KIND NAMES REQUEST` prints a certificate of the first.
follow_cluster_cas() { has_identity "$1" || run "CAs and certificates of the kubelet" change_kubelet_identity "$1" "$2"; }

change_kubelet_identity() {
  [[ -d $FORMER_IDENTITY ]] || back_up_identity
  cmp --silent "$1" "$CLUSTER_CA" || replace_identity_file "$1" "$CLUSTER_CA" 0644
  trust_cas "$KUBELET_ACCESS" "$1"
  trusts_cas "$KUBELET_ACCESS" "$1" ||
    fail "$KUBELET_ACCESS has no certificate-authority-data, so the kubelet cannot be given another CA; take this node out, and let it join again"
  renew_kubelet_certificate client "$2"
  renew_kubelet_certificate server "$2"
  systemctl restart kubelet
  # In a subshell, so that its failure does not end the script.
  (wait_for 120 "the kubelet running with its new CAs" kubelet_reaches_api) || restore_identity
  rm -rf "$FORMER_IDENTITY"
}

kubelet_reaches_api() {
  kubelet_is_healthy && kubectl --kubeconfig "$KUBELET_ACCESS" --request-timeout 10s get node "$NODE_NAME"
}

# replace_identity_file NEW FILE MODE
replace_identity_file() {
  install -m "$3" "$1" "$2.new"
  mv "$2.new" "$2"
}

back_up_identity() {
  local kind current
  rm -rf "$FORMER_IDENTITY.new"
  mkdir -p "$FORMER_IDENTITY.new"
  cp --preserve "$CLUSTER_CA" "$KUBELET_ACCESS" "$FORMER_IDENTITY.new/"
  for kind in client server; do
    current=$KUBELET_PKI/kubelet-$kind-current.pem
    [[ ! -f $current ]] || readlink --canonicalize "$current" >"$FORMER_IDENTITY.new/$kind"
  done
  mv "$FORMER_IDENTITY.new" "$FORMER_IDENTITY"
}

restore_identity() {
  local kind
  print_kubelet_log
  replace_identity_file "$FORMER_IDENTITY/ca.crt" "$CLUSTER_CA" 0644
  replace_identity_file "$FORMER_IDENTITY/kubelet.conf" "$KUBELET_ACCESS" 0600
  for kind in client server; do
    [[ ! -f $FORMER_IDENTITY/$kind ]] || use_kubelet_certificate "$(<"$FORMER_IDENTITY/$kind")" "$kind"
  done
  systemctl restart kubelet
  rm -rf "$FORMER_IDENTITY"
  fail "the kubelet does not run with its new CAs (see above), and has its former ones again; look whether the control planes answer to it, and run again"
}

# use_kubelet_certificate FILE KIND: replaces the link by which the kubelet finds its certificate.
use_kubelet_certificate() {
  ln --symbolic --force --no-target-directory "$1" "$KUBELET_PKI/kubelet-$2-current.pem.new"
  mv --no-target-directory "$KUBELET_PKI/kubelet-$2-current.pem.new" "$KUBELET_PKI/kubelet-$2-current.pem"
}

# names_in CERTIFICATE: prints its names and addresses, as OpenSSL takes them.
names_in() { openssl x509 -in "$1" -noout -ext subjectAltName | sed -n 's/IP Address:/IP:/g; s/^ *\(\(DNS\|IP\):.*\)/\1/p' | tr -d ' '; }

# renew_kubelet_certificate KIND SIGN: gets a certificate of the CA in use, unless the kubelet has one. One that has none asks for it itself.
renew_kubelet_certificate() {
  local kind=$1 new=$SCRATCH/kubelet-$1 current=$KUBELET_PKI/kubelet-$1-current.pem names="" file
  [[ -f $current ]] && ! is_signed_by "$CLUSTER_CA" <"$current" || return 0
  [[ $kind == client ]] || names=$(names_in "$current")
  printf '%s\n' '[req]' 'distinguished_name = subject' '[subject]' >"$new.cnf"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch -config "$new.cnf" -keyout "$new.key" -out "$new.csr" \
    -subj "/O=system:nodes/CN=system:node:$NODE_NAME" ${names:+-addext "subjectAltName=$names"}
  "$2" "$kind" "$names" "$new.csr" >"$new.crt"
  is_signed_by "$CLUSTER_CA" <"$new.crt" ||
    fail "the kubelet's $kind certificate was not signed by the CA in use; look whether kube-controller-manager runs with its present settings on each control plane, and run again"
  file=$KUBELET_PKI/kubelet-$kind-$(date --utc +%Y-%m-%d-%H-%M-%S).pem
  cat "$new.crt" "$new.key" >"$file"
  use_kubelet_certificate "$file" "$kind"
  rm -f "$new".*
}
