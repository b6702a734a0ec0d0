# shellcheck shell=bash
# Sets a server free again: Kubernetes' and the network plugin's traces go, the server and its packages stay.

# What the network plugins leave behind: interfaces, programs in the kernel, and rules of the firewall.
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

remove_files() {
  local path
  rm -f /etc/cni/net.d/05-cilium.conflist /etc/cni/net.d/10-flannel.conflist
  [[ ! -f $STATE/files ]] || while read -r path; do rm -f "$path"; done <"$STATE/files"
  systemctl try-restart containerd
  rm -rf "$STATE"
}

reset_server() {
  if [[ ! -f $OWNER_FILE || $(<"$OWNER_FILE") != "$OWNER" ]]; then
    log "is not imported by $OWNER any more: left alone"
    return
  fi
  run "kubeadm reset" timeout 180 kubeadm reset --force
  run "stop kubelet" systemctl disable --now kubelet
  run "remove the pods' network" remove_network
  # Last, because it is by its files that the next run knows what is left to do.
  run "remove files" remove_files
}
