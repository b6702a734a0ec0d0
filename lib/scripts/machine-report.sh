# shellcheck shell=bash
# Reports what only a control plane or a member of etcd knows: the members and the health of its etcds, and its certificates. It
# changes nothing, and prints no key. Lines of: "etcd NAME CALL JSON", "etcd NAME failure TEXT", "backup JSON", "certificate PATH BASE64".

# print_etcd NAME PORT: prints the answers of the member on this machine. One without a leader tells its status and its list of
# members, but no alarms.
print_etcd() {
  local name=$1 endpoint=https://127.0.0.1:$2 answer path
  use_member_certificates "/etc/kubernetes/pki/$name"
  for path in maintenance/status cluster/member/list maintenance/alarm; do
    if answer=$(etcd_call "$endpoint" "$path" '{}'); then
      printf 'etcd %s %s %s\n' "$name" "$path" "${answer//$'\n'/}"
    elif [[ $path == maintenance/status ]]; then
      printf 'etcd %s failure %s\n' "$name" "${answer//$'\n'/ }"
      return
    fi
  done
}

# print_certificates: prints the certificates that kubeadm made, and that of the kubelet. Of files that hold a key as well, only the
# certificate is read.
print_certificates() {
  local file data
  for file in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/*/*.crt; do
    [[ ! -f $file ]] || printf 'certificate %s %s\n' "$file" "$(base64 --wrap 0 "$file")"
  done
  for file in /etc/kubernetes/*.conf; do
    [[ -f $file ]] || continue
    data=$(sed -n 's/^ *client-certificate-data: *//p' "$file")
    [[ -z $data ]] || printf 'certificate %s %s\n' "$file" "$data"
  done
  file=/var/lib/kubelet/pki/kubelet-client-current.pem
  [[ ! -f $file ]] || printf 'certificate %s %s\n' "$file" "$(sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$file" | base64 --wrap 0)"
}

# print_backup PORT: prints etcd's answer with the record of its backups, which may have none yet.
print_backup() {
  local key answer
  [[ -f /etc/kubernetes/caravan/etcd-backup.json ]] || return 0
  key=$(printf 'caravan.dev/etcd-backup' | base64 --wrap 0)
  use_member_certificates /etc/kubernetes/pki/etcd
  ! answer=$(etcd_call "https://127.0.0.1:$1" kv/range "{\"key\": \"$key\"}") || printf 'backup %s\n' "${answer//$'\n'/}"
}

report_machine() {
  local name port
  while read -r name port; do
    [[ ! -f /etc/kubernetes/manifests/$name.yaml ]] || print_etcd "$name" "$port"
    [[ $name != etcd ]] || print_backup "$port"
  done <<<"$INSTANCES"
  print_certificates
}
