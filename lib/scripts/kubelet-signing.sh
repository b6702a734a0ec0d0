# shellcheck shell=bash
# Signs the certificates of a control plane's own kubelet. The controller manager that leads may still sign with another CA.

readonly KUBELET_CERTIFICATE_DAYS=365

# sign_own_kubelet KIND NAMES REQUEST: prints a certificate of the CA in use for a request.
sign_own_kubelet() {
  prepare_signing
  printf '%s\n' '[kubelet]' 'basicConstraints = critical, CA:false' 'keyUsage = critical, digitalSignature' "extendedKeyUsage = $1Auth" \
    ${2:+"subjectAltName = $2"} >"$SIGNING/kubelet.cnf"
  # Five minutes ago, because clocks differ.
  openssl ca -batch -notext -config "$SIGNING/openssl.cnf" -extfile "$SIGNING/kubelet.cnf" -extensions kubelet \
    -cert /etc/kubernetes/pki/ca.crt -keyfile /etc/kubernetes/pki/ca.key -startdate "$(date --utc --date '-5 minutes' +%Y%m%d%H%M%SZ)" \
    -enddate "$(date --utc --date "+$KUBELET_CERTIFICATE_DAYS days" +%Y%m%d%H%M%SZ)" -in "$3"
  remove_signing_folder
}
