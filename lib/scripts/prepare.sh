# shellcheck shell=bash
# Prepares a machine to be a Kubernetes node: kernel settings, containerd, kubelet, kubeadm and kubectl of one version. Software
# that the machine's image already has is not changed.

# Digest of the last preparation that has succeeded on this machine.
readonly PREPARED=$STATE/prepared

kernel_has_overlay() { grep --quiet --word-regexp overlay /proc/filesystems; }

set_kernel() {
  swapoff --all || fail "its swap cannot be turned off, with which the kubelet does not start"
  sed -i '/\sswap\s/d' /etc/fstab
  # Some kernels have these modules built in, and containers may not load any. The effect is checked below.
  modprobe --all overlay br_netfilter 2>/dev/null || true
  sysctl --quiet --system >/dev/null 2>&1 || true
  kernel_has_overlay || fail "its kernel has no overlay file system (module overlay), which containerd needs for the disks of containers"
  [[ $(</proc/sys/net/ipv4/ip_forward) == 1 ]] || fail "net.ipv4.ip_forward is 0 and cannot be set"
}

# Removes files that an earlier run wrote and this one does not.
remove_old_files() {
  local path current
  current=$(cut --delimiter ' ' --fields 2 <<<"$SOFTWARE_FILES")
  [[ ! -f $STATE/files ]] || while read -r path; do
    grep --quiet --line-regexp --fixed-strings "$path" <<<"$current" || rm -f "$path"
  done <"$STATE/files"
  printf '%s\n' "$current" >"$STATE/files"
}

# Writes $USER_FILES, lines of mode, owner, path and base64 content, as they are: without placeholders, and without a change of folders that exist.
write_user_files() {
  local mode owner path content
  while read -r mode owner path content; do
    [[ -n $path ]] || continue
    [[ -d $(dirname "$path") ]] || install -d -m 0755 "$(dirname "$path")"
    printf '%s' "$content" | base64 --decode >"$path.caravan"
    chown "$owner" "$path.caravan"
    chmod "$mode" "$path.caravan"
    mv "$path.caravan" "$path"
  done <<<"$USER_FILES"
}

# missing_packages PROGRAMS...: prints the packages of containerd, of programs that the scripts call, and of those that install Kubernetes,
# as far as they are missing.
missing_packages() {
  local program packages=()
  kubernetes_installed || set -- "$@" gpg
  for program in containerd "$@"; do
    command -v "$program" >/dev/null || packages+=("$program")
  done
  [[ " ${packages[*]} " != *" curl "* ]] || packages+=(ca-certificates)
  printf '%s\n' "${packages[@]}"
}

# Logs that pods would get a DNS server that only this machine reaches. CoreDNS would ask itself, and end.
warn_of_own_resolver() {
  local servers
  ! systemctl is-active --quiet systemd-resolved || return 0
  servers=$(sed -n 's/^nameserver  *//p' /etc/resolv.conf 2>/dev/null | paste -s -d ' ') || true
  [[ $servers =~ ^(127\.[0-9.]+ ?)+$ ]] || return 0
  log "names only itself ($servers) in /etc/resolv.conf, so that CoreDNS cannot resolve names there; name the network's DNS servers, or give the kubelets a file with them as kubelet.configuration.resolvConf"
}

# has_role: succeeds on a node, and on a member of an etcd. Their software changes only in their turn, by the script of their role.
has_role() { [[ -f /etc/kubernetes/kubelet.conf || -f $STATE/etcd-machine ]]; }

# prepare_node PROGRAMS...: PROGRAMS are those that later scripts call on this machine.
prepare_node() {
  local containerd_before missing
  # A run that is interrupted has changed something, so that even the former preparation must run again.
  rm -f "$PREPARED"
  containerd_before=$(containerd_settings)
  run "write settings" write_files "$SOFTWARE_FILES"
  run "remove old settings" remove_old_files
  [[ -z $USER_FILES ]] || run "write files" write_user_files
  run "set kernel" set_kernel
  run "keep the pods' routes" keep_pod_routes
  missing=$(missing_packages "$@" | paste -s -d ' ')
  # shellcheck disable=SC2086 # split into words, because names of packages have no spaces
  [[ -z $missing ]] || run "install $missing" install_packages $missing
  # Before containerd, because kubeadm names the sandbox image.
  kubernetes_installed || has_role || run "install Kubernetes $KUBERNETES_VERSION" install_kubernetes
  run "containerd" install_containerd "$containerd_before"
  run "proxies" apply_proxy
  run "hold packages" hold_packages containerd containerd.io kubeadm kubelet kubectl
  close_kubelet_units
  warn_of_own_resolver
  run "enable kubelet" systemctl enable kubelet
  printf '%s\n' "$PREPARATION" >"$PREPARED"
}

# update_preparation PROGRAMS...: does the same before the script of a role, where the preparation has changed since.
update_preparation() {
  [[ $(cat "$PREPARED" 2>/dev/null) == "$PREPARATION" ]] || prepare_node "$@"
}
