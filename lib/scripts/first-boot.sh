# shellcheck shell=bash
# Waits for the end of cloud-init's first boot, on machines where cloud-init runs.

# cloud_init_is_over: also succeeds where cloud-init is missing, disabled, masked or has failed. /run/cloud-init exists in each boot in
# which cloud-init was asked.
cloud_init_is_over() {
  [[ ! -d /run/cloud-init || -e /run/cloud-init/result.json || -e /run/cloud-init/disabled ]] ||
    [[ $(systemctl show --property ActiveState,LoadState cloud-final.service) =~ ActiveState=failed|LoadState=masked ]]
}

await_first_boot() {
  wait_for 300 "the end of cloud-init's first boot" cloud_init_is_over
  # Its errors may be user data's, whose text can be secret.
  if grep --quiet --no-messages '"errors": \[$' /run/cloud-init/result.json; then
    log "cloud-init had errors in its first boot, see /var/log/cloud-init.log there"
  fi
}
