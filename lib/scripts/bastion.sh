# shellcheck shell=bash
# Makes a machine a bastion: its sshd accepts many sessions at once, and forwards them to nothing but SSH.

raise_session_limits() {
  sshd -t
  # No pipe: grep ends at its match, and then sshd would fail to write the rest.
  grep -qx "maxstartups $MAX_STARTUPS" <<<"$(sshd -T)" ||
    fail "sshd does not read /etc/ssh/sshd_config.d; its configuration must begin with the line: Include /etc/ssh/sshd_config.d/*.conf"
  # The service is ssh on Debian, and sshd elsewhere.
  systemctl reload ssh || systemctl reload sshd
}

start_bastion() {
  wait_for 300 "the end of cloud-init's first boot" test -e /run/cloud-init/result.json -o ! -d /run/cloud-init
  run "write sshd's settings" write_files
  run "apply sshd's settings" raise_session_limits
}
