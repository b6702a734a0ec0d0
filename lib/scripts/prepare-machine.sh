# shellcheck shell=bash
# Checks a new machine, and prepares it to be a node.

# etcd's API is asked by curl and python3.
prepare_machine() {
  await_first_boot
  lock_machine
  check_machine
  prepare_node curl python3
}
