# shellcheck shell=bash
# Signs the credential with which a machine joins, on a control plane, which has the cluster's CA. It is a client certificate
# of the machine's own node, valid for an hour. With it the kubelet requests its own certificate. Private keys are in memory
# only.

# Prepares the folder for OpenSSL's database while it signs.
prepare_signing() {
  SIGNING=$(mktemp -d "$SCRATCH/signing.XXXXXX")
  : >"$SIGNING/index"
  printf '%s\n' \
    '[req]' 'distinguished_name = subject' '[subject]' \
    '[ca]' 'default_ca = node' \
    '[node]' "database = $SIGNING/index" "new_certs_dir = $SIGNING" 'rand_serial = yes' 'unique_subject = no' \
    'default_md = sha256' 'policy = subject_of_node' 'x509_extensions = client' 'copy_extensions = none' \
    '[subject_of_node]' 'organizationName = supplied' 'commonName = supplied' \
    '[client]' 'basicConstraints = critical, CA:false' 'keyUsage = critical, digitalSignature' 'extendedKeyUsage = clientAuth' \
    >"$SIGNING/openssl.cnf"
}

remove_signing_folder() {
  [[ -z ${SIGNING:-} ]] || rm -rf "$SIGNING"
}

# shellcheck disable=SC2034 # other files use the variables
# sign_node NAME: sets CLIENT_CERTIFICATE and CLIENT_KEY, base64.
sign_node() {
  local both request certificate end
  both=$(openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout - -batch -config "$SIGNING/openssl.cnf" \
    -subj "/O=system:nodes/CN=system:node:$1" 2>"$SIGNING/errors" </dev/null) || fail "the key for the certificate of $1 cannot be made: $(<"$SIGNING/errors")"
  request="-----BEGIN CERTIFICATE REQUEST-----${both#*-----BEGIN CERTIFICATE REQUEST-----}"
  # The hour begins five minutes ago, because clocks differ.
  end=$(date --utc --date '+55 minutes' +%Y%m%d%H%M%SZ)
  certificate=$(openssl ca -batch -notext -config "$SIGNING/openssl.cnf" -cert /etc/kubernetes/pki/ca.crt -keyfile /etc/kubernetes/pki/ca.key \
    -startdate "$(date --utc --date '-5 minutes' +%Y%m%d%H%M%SZ)" -enddate "$end" -in /dev/stdin <<<"$request" 2>"$SIGNING/errors") ||
    fail "the certificate of $1 cannot be signed: $(<"$SIGNING/errors")"
  CLIENT_CERTIFICATE=$(printf '%s\n' "$certificate" | base64 --wrap 0)
  CLIENT_KEY=$(printf '%s\n' "${both%%-----BEGIN CERTIFICATE REQUEST-----*}" | base64 --wrap 0)
}
