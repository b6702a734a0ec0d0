# shellcheck shell=bash
# Makes a machine a bastion: its sshd accepts many sessions at once, and forwards them to nothing but SSH.

raise_session_limits() {
  local settings
  sshd -t
  settings=$(sshd -T)
  grep -qx "maxstartups $MAX_STARTUPS" <<<"$settings" ||
    fail "sshd does not read /etc/ssh/sshd_config.d; its configuration must begin with the line: Include /etc/ssh/sshd_config.d/*.conf"
  if ! grep -qxE 'allowtcpforwarding (local|yes)' <<<"$settings" || grep -qx 'disableforwarding yes' <<<"$settings"; then
    fail "sshd forbids to forward connections, which is what a bastion is for; take AllowTcpForwarding and DisableForwarding out of the image's sshd configuration"
  fi
  # The service is ssh on Debian, and sshd elsewhere.
  systemctl reload ssh || systemctl reload sshd
}

start_bastion() {
  await_first_boot
  run "write sshd's settings" write_files "$FILES"
  run "apply sshd's settings" raise_session_limits
}
