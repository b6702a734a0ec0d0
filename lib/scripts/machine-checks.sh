# shellcheck shell=bash
# Checks whether a machine can be a node. All obstacles are logged at once, and nothing is changed before the checks have passed.

# Kernel that Cilium requires.
readonly OLDEST_KERNEL=5.10

# Kubernetes from which on the kubelet does not start on cgroup v1 (its default of failCgroupV1).
readonly CGROUP_V2_SINCE=1.35

# Seconds by which a clock may differ, and in which time synchronization may correct it. A node joins with a certificate of an hour.
readonly CLOCK_SECONDS=300
readonly CLOCK_PATIENCE=60

# Used share in percent from which on the kubelet runs no pods (its default of nodefs.available).
readonly FULL_DISK=90

has_systemd() { [[ -d /run/systemd/system ]]; }
has_cgroup_v2() { [[ $(stat --file-system --format %T /sys/fs/cgroup 2>/dev/null) == cgroup2fs ]]; }
is_node() { [[ -f /etc/kubernetes/kubelet.conf ]]; }

# ignores CHECK: succeeds when the failure of a check of kubeadm is only a warning.
ignores() { [[ " $IGNORED_CHECKS " == *" $1 "* || " $IGNORED_CHECKS " == *" all "* ]]; }

# Prints by how many seconds the clock is ahead of the one of the machine that runs Pulumi, which was $CLOCK at this script's start.
clock_difference() { echo $(($(date +%s) - SECONDS - CLOCK)); }

clock_is_right() {
  local difference
  difference=$(clock_difference)
  ((difference <= CLOCK_SECONDS && -difference <= CLOCK_SECONDS))
}

# Prints the used share of the disk of /var/lib in percent.
used_disk() { df --output=pcent /var/lib | tr --delete --complement '0-9'; }

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
  ! is_older "$kernel" "$OLDEST_KERNEL" || unfit "its kernel is $kernel; Cilium needs $OLDEST_KERNEL or newer"
  has_cgroup_v2 || ignores SystemVerification || is_older "$KUBERNETES_VERSION" "$CGROUP_V2_SINCE" ||
    unfit "it has cgroup v1, on which kubelets of Kubernetes $CGROUP_V2_SINCE and later do not start; boot it with systemd.unified_cgroup_hierarchy=1 or take a newer image"
  { command -v containerd >/dev/null && kubernetes_installed; } || is_debian ||
    unfit "its system is neither Debian nor Ubuntu, so that containerd, kubeadm, kubelet and kubectl $KUBERNETES_VERSION must be installed there beforehand"
}

# Checks what a node needs to join. One that has joined runs with what it has.
check_state() {
  ! is_node || return 0
  (($(used_disk) < FULL_DISK)) || unfit "its disk is full: $(used_disk) % of /var/lib are in use, and from $FULL_DISK % on the kubelet runs no pods"
  (wait_for "$CLOCK_PATIENCE" "the right time" clock_is_right) 2>/dev/null ||
    unfit "its clock differs by $(clock_difference) s from the one of the machine that runs Pulumi; certificates are not valid there. Have it synchronize its time (systemd-timesyncd, chrony), or correct the other one"
}

refuse_unfit() {
  ((REASONS == 0)) || fail "this server cannot be a node: see above"
}

check_machine() {
  REASONS=0
  check_system
  check_state
  refuse_unfit
}
