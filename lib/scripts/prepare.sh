# shellcheck shell=bash
# Prepares a machine to be a Kubernetes node: kernel settings, containerd, kubelet, kubeadm and kubectl of one version. Software
# that the machine's image already has is not changed.

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
  current=$(cut --delimiter ' ' --fields 2 <<<"$FILES")
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

# prepare_node PROGRAMS...: PROGRAMS are those that later scripts call on this machine.
prepare_node() {
  local containerd_before missing
  containerd_before=$(containerd_settings)
  run "write settings" write_files
  run "remove old settings" remove_old_files
  [[ -z $USER_FILES ]] || run "write files" write_user_files
  run "set kernel" set_kernel
  run "keep the pods' routes" keep_pod_routes
  missing=$(missing_packages "$@" | paste -s -d ' ')
  # shellcheck disable=SC2086 # split into words, because names of packages have no spaces
  [[ -z $missing ]] || run "install $missing" install_packages $missing
  # Before containerd, because kubeadm names the sandbox image.
  kubernetes_installed || run "install Kubernetes $KUBERNETES_VERSION" install_kubernetes
  run "containerd" install_containerd "$containerd_before"
  run "proxies" apply_proxy
  run "hold packages" hold_packages containerd containerd.io kubeadm kubelet kubectl
  close_kubelet_units
  warn_of_own_resolver
  run "enable kubelet" systemctl enable kubelet
}

# etcd's API is asked by curl and python3.
prepare_machine() {
  await_first_boot
  check_machine
  prepare_node curl python3
}
