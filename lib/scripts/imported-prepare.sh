# shellcheck shell=bash
# Checks whether a server that somebody else has set up can be a node, and prepares it. All obstacles are logged at once, and
# nothing is changed before the checks have passed.

# Memory in MiB that kubeadm requires (its constant ControlPlaneMem), and kernel that Cilium requires.
readonly LEAST_MEMORY=1700
readonly OLDEST_KERNEL=5.10

memory_mib() { awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo; }
has_swap() { (($(wc -l </proc/swaps) > 1)); }
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
has_systemd() { [[ -d /run/systemd/system ]]; }
is_node() { [[ -f /etc/kubernetes/kubelet.conf ]]; }

can_install_packages() {
  [[ " $(sed -n 's/^ID\(_LIKE\)\?=//p' /etc/os-release | tr -d '"' | tr '\n' ' ') " == *" debian "* ]]
}

unfit() {
  log "unfit: $*"
  REASONS=$((REASONS + 1))
}

check_system() {
  local system kernel
  system=$(uname -s -m)
  kernel=$(uname -r)
  [[ $system == "Linux x86_64" || $system == "Linux aarch64" ]] || unfit "its system is $system; nodes run Linux on x86_64 or aarch64"
  has_systemd || unfit "systemd does not run it, which has to start containerd and the kubelet"
  printf '%s\n' "$OLDEST_KERNEL" "$kernel" | sort --version-sort --check=quiet || unfit "its kernel is $kernel; Cilium needs $OLDEST_KERNEL or newer"
  { command -v containerd >/dev/null && kubernetes_installed; } || can_install_packages ||
    unfit "its system is neither Debian nor Ubuntu, so that containerd, kubeadm, kubelet and kubectl $KUBERNETES_VERSION must be installed there beforehand"
}

check_resources() {
  [[ " $IGNORED_CHECKS " == *" Mem "* ]] || (($(memory_mib) >= LEAST_MEMORY)) || unfit "it has $(memory_mib) MiB of memory; a node needs $LEAST_MEMORY"
  ! has_swap || [[ " $IGNORED_CHECKS " == *" Swap "* ]] || swapoff --all || unfit "its swap cannot be turned off"
  is_node || ! listens 10250 || unfit "something listens at port 10250 already, which the kubelet needs"
}

check_owner() {
  local by=""
  [[ ! -f $OWNER_FILE ]] || by=$(<"$OWNER_FILE")
  if [[ -n $by && $by != "$OWNER" ]]; then
    unfit "it is imported by $by; take it out there first"
  elif [[ -z $by ]] && is_node; then
    unfit "it is a node of a cluster already (/etc/kubernetes/kubelet.conf); take it out there, and run \`kubeadm reset\` on it"
  fi
}

check_server() {
  REASONS=0
  check_owner
  check_system
  ((REASONS > 0)) || check_resources
  ((REASONS == 0)) || fail "this server cannot be a node: see above"
  printf '%s\n' "$OWNER" >"$OWNER_FILE"
}

prepare_imported() {
  check_server
  prepare_node
}
