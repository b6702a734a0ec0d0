# shellcheck shell=bash
# Resets a server: removes Kubernetes' and the network plugin's files and settings. The server and its packages stay.

# Removes the network plugins' interfaces, programs in the kernel, and firewall rules.
remove_network() {
  local interface device save
  for interface in cilium_host cilium_vxlan lxc_health flannel.1 cni0; do
    [[ ! -e /sys/class/net/$interface ]] || ip link delete "$interface"
  done
  for device in /sys/class/net/*; do
    device=${device##*/}
    if tc filter show dev "$device" ingress 2>/dev/null | grep -q cil_; then tc qdisc delete dev "$device" clsact; fi
  done
  rm -rf /sys/fs/bpf/cilium /sys/fs/bpf/tc/globals/cilium_*
  for save in iptables-save ip6tables-save; do
    command -v "$save" >/dev/null || continue
    "$save" | grep -v -E 'KUBE-|CILIUM_|cilium|flannel' | "${save%-save}-restore"
  done
}

# Lets the server's own updates change the packages again that the library held.
release_packages() {
  [[ ! -f $STATE/held-packages ]] || xargs apt-mark unhold <"$STATE/held-packages"
}

remove_files() {
  local path
  rm -f /etc/cni/net.d/05-cilium.conflist /etc/cni/net.d/10-flannel.conflist
  [[ ! -f $STATE/files ]] || while read -r path; do rm -f "$path"; done <"$STATE/files"
  remove_credentials /etc/containerd/config.toml
  systemctl daemon-reload
  systemctl try-restart containerd
  rm -rf "$STATE"
}

reset_server() {
  lock_machine
  if [[ ! -f $OWNER_FILE || $(<"$OWNER_FILE") != "$OWNER" ]]; then
    log "is not imported by $OWNER any more: left alone"
    return
  fi
  run "kubeadm reset" timeout 180 kubeadm reset --force
  run "stop kubelet" systemctl disable --now kubelet
  run "remove the pods' network" remove_network
  run "release packages" release_packages
  # Last, because the next run finds out by these files whether the reset is done.
  run "remove files" remove_files
}
