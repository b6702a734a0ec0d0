# shellcheck shell=bash
# Prepares a machine to be a Kubernetes node: kernel settings, containerd, kubelet, kubeadm and kubectl of one version. Software
# that the machine's image already has is not changed.

set_kernel() {
  swapoff --all
  sed -i '/\sswap\s/d' /etc/fstab
  # Some kernels have these modules built in, and containers may not load any. The effect is checked below.
  modprobe --all overlay br_netfilter 2>/dev/null || true
  sysctl --quiet --system >/dev/null 2>&1 || true
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

kubernetes_installed() {
  [[ $(kubeadm version --output short 2>/dev/null) == "v$KUBERNETES_VERSION" && $(kubelet --version 2>/dev/null) == "Kubernetes v$KUBERNETES_VERSION" ]] &&
    command -v kubectl >/dev/null
}

install_kubernetes() {
  [[ ! -f /etc/kubernetes/kubelet.conf ]] || fail "this node already runs another version than v$KUBERNETES_VERSION; upgrading a running node is not part of preparing it"
  install -d -m 0755 /etc/apt/keyrings
  command -v gpg >/dev/null || { apt-get -q update && apt-get -q install -y gpg curl ca-certificates; }
  curl --fail --silent --show-error --location --retry 5 --max-time 60 "${PACKAGE_REPOSITORY}Release.key" | gpg --dearmor --yes --output /etc/apt/keyrings/kubernetes.gpg
  chmod 0644 /etc/apt/keyrings/kubernetes.gpg
  echo "deb [signed-by=/etc/apt/keyrings/kubernetes.gpg] $PACKAGE_REPOSITORY /" >/etc/apt/sources.list.d/kubernetes.list
  chmod 0644 /etc/apt/sources.list.d/kubernetes.list
  apt-get -q update
  apt-get -q install -y --allow-change-held-packages "kubeadm=$KUBERNETES_VERSION-*" "kubelet=$KUBERNETES_VERSION-*" "kubectl=$KUBERNETES_VERSION-*" kubernetes-cni
  apt-mark hold kubeadm kubelet kubectl
}

# The package makes these files readable for all users.
close_kubelet_units() {
  local file
  for file in /etc/systemd/system/kubelet.service{,.d/*.conf} /usr/lib/systemd/system/kubelet.service{,.d/*.conf}; do
    [[ ! -f $file ]] || chmod 0600 "$file"
  done
}

prepare_node() {
  local containerd_before
  containerd_before=$(containerd_settings)
  wait_for 300 "the end of cloud-init's first boot" test -e /run/cloud-init/result.json -o ! -d /run/cloud-init
  run "write settings" write_files
  run "remove old settings" remove_old_files
  run "set kernel" set_kernel
  run "containerd" install_containerd "$containerd_before"
  kubernetes_installed || run "install Kubernetes $KUBERNETES_VERSION" install_kubernetes
  close_kubelet_units
  run "enable kubelet" systemctl enable kubelet
}
