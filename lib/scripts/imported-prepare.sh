# shellcheck shell=bash
# Checks whether a server that somebody else has set up can be a node, and prepares it.

# Memory in MiB that kubeadm requires (its constant ControlPlaneMem).
readonly LEAST_MEMORY=1700

memory_mib() { awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo; }
has_swap() { (($(wc -l </proc/swaps) > 1)); }
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

check_resources() {
  ignores Mem || (($(memory_mib) >= LEAST_MEMORY)) || unfit "it has $(memory_mib) MiB of memory; a node needs $LEAST_MEMORY"
  ! has_swap || ignores Swap || swapoff --all || unfit "its swap cannot be turned off"
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
  check_state
  refuse_unfit
  printf '%s\n' "$OWNER" >"$OWNER_FILE"
}

prepare_imported() {
  await_first_boot
  lock_machine
  check_server
  prepare_node curl
}
