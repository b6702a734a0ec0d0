# shellcheck shell=bash
# Certificates that kubeadm made on a control plane: which there are, when they end, and what is recorded of them in the cluster.

# Seconds before their end in which certificates are named in the output.
readonly TOLD_SECONDS=$((60 * 24 * 3600))

# Prints the certificates that are renewed: lines of kubeadm's name, file, and the component that must restart to use a new one. etcd
# reads its certificates at each connection. Those of an external etcd come with the settings.
certificates() {
  echo "admin.conf /etc/kubernetes/admin.conf -"
  echo "apiserver $PKI/apiserver.crt kube-apiserver"
  echo "apiserver-kubelet-client $PKI/apiserver-kubelet-client.crt kube-apiserver"
  echo "front-proxy-client $PKI/front-proxy-client.crt kube-apiserver"
  if [[ -f $PKI/etcd/ca.key ]]; then
    echo "apiserver-etcd-client $PKI/apiserver-etcd-client.crt kube-apiserver"
    echo "etcd-server $PKI/etcd/server.crt -"
    echo "etcd-peer $PKI/etcd/peer.crt -"
    echo "etcd-healthcheck-client $PKI/etcd/healthcheck-client.crt -"
  fi
  echo "controller-manager.conf /etc/kubernetes/controller-manager.conf kube-controller-manager"
  echo "scheduler.conf /etc/kubernetes/scheduler.conf kube-scheduler"
}

# Prints the CAs of which nothing can be renewed here: lines of name and file.
ca_certificates() {
  echo "CA $PKI/ca.crt"
  echo "front-proxy-CA $PKI/front-proxy-ca.crt"
  echo "etcd-CA $PKI/etcd/ca.crt"
}

# print_lives: reads lines of certificates from standard input. Prints each that exists after three numbers: the seconds that it has left,
# those of its whole validity, and its end since 1970. A file may be a kubeconfig with the certificate in it.
print_lives() {
  python3 -c '
import base64, os, re, subprocess, sys, time
from ssl import cert_time_to_seconds
for line in sys.stdin:
    path = line.split()[1]
    if not os.path.exists(path):
        continue
    with open(path, "rb") as file:
        content = file.read()
    embedded = re.search(rb"client-certificate-data: *(\S+)", content)
    try:
        pem = base64.b64decode(embedded.group(1)) if embedded else content
        command = ["openssl", "x509", "-noout", "-startdate", "-enddate"]
        dates = subprocess.run(command, input=pem, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode()
        start, end = (cert_time_to_seconds(each.split("=")[1]) for each in dates.strip().split("\n"))
    except (ValueError, subprocess.CalledProcessError):
        sys.exit("the certificate in %s cannot be read" % path)
    print(int(end - time.time()), end - start, end, line, end="")'
}

# ca_of NAME: prints the file of the CA of a certificate. The CA in use is the first in the file.
ca_of() {
  case $1 in
    *.conf | apiserver | apiserver-kubelet-client) echo "$PKI/ca.crt" ;;
    front-proxy-client) echo "$PKI/front-proxy-ca.crt" ;;
    etcd-* | apiserver-etcd-client) echo "$PKI/etcd/ca.crt" ;;
  esac
}

# certificate_in FILE: prints a certificate; that of the user when the file is a kubeconfig.
certificate_in() {
  if [[ $1 == *.conf ]]; then sed -n 's/^ *client-certificate-data: *//p' "$1" | base64 --decode; else cat "$1"; fi
}

# is_present FILE CAS: succeeds when the first CA has signed a certificate, and a kubeconfig trusts all CAs.
is_present() { certificate_in "$1" | is_signed_by "$2" && { [[ $1 != *.conf ]] || trusts_cas "$1" "$2"; }; }

# Prints the lines of the certificates that a former CA has signed, and of kubeconfigs that trust other CAs.
former_certificates() {
  local ca name file component
  certificates | while read -r name file component; do
    ca=$(ca_of "$name")
    [[ -n $ca && -f $file ]] || continue
    is_present "$file" "$ca" || echo "$name $file $component"
  done
}

# Prints the lines of the certificates with less than a third of their validity left, and of those of a former CA.
due_certificates() {
  {
    certificates | print_lives | while read -r left whole _ line; do ((3 * left >= whole)) || echo "$line"; done &&
      former_certificates
  } | awk '!seen[$0]++'
}

# any_expired: succeeds when one of the certificates in lines on standard input has ended.
any_expired() { print_lives | grep '^-' >/dev/null; }

iso_time() { date --utc --date "@$1" +%Y-%m-%dT%H:%M:%SZ; }

# Logs a line with all that ends within 60 days.
log_near_ends() {
  local left end name text="" lives
  lives=$({ certificates && ca_certificates; } | print_lives)
  while read -r left _ end name _; do
    [[ -z $left ]] || ((left > TOLD_SECONDS)) || text+="${text:+, }$name on $(iso_time "$end")"
  done <<<"$lives"
  [[ -z $text ]] || log "ends within 60 days: $text"
}

# Prints the record of this machine in JSON: the certificate that ends first, its end, the last renewal and the last error.
print_certificate_status() {
  local end name renewed error lives
  lives=$(certificates | print_lives | sort -n)
  [[ -n $lives ]] || return 1
  read -r _ _ end name _ <<<"$lives"
  renewed=$(cat "$STATE/certificates-renewed" 2>/dev/null) || true
  error=$(cat "$STATE/certificates-error" 2>/dev/null) || true
  python3 -c '
import json, sys
keys = ("first", "end", "renewed", "error")
print(json.dumps({key: value for key, value in zip(keys, sys.argv[1:]) if value}))' "$name" "$(iso_time "$end")" "$renewed" "$error"
}

# Records the status in the cluster. It is only for people and health checks, so without an answer of the API it is written next time.
record_certificates() {
  local file status kubectl=(kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 20s --namespace kube-system)
  status=$(print_certificate_status) || return 0
  file=$(mktemp "$SCRATCH/certificates.XXXXXX")
  python3 -c 'import json, sys; print(json.dumps({"data": {sys.argv[1]: sys.argv[2]}}))' "$NODE_NAME" "$status" >"$file"
  if ! "${kubectl[@]}" patch configmap "$CERTIFICATE_RECORD" --type merge --patch-file "$file" >/dev/null 2>&1; then
    "${kubectl[@]}" create configmap "$CERTIFICATE_RECORD" >/dev/null 2>&1 || true
    "${kubectl[@]}" patch configmap "$CERTIFICATE_RECORD" --type merge --patch-file "$file" >/dev/null 2>&1 ||
      log "the Kubernetes API did not take the record of certificates; it is written at the next run"
  fi
  rm -f "$file"
}
