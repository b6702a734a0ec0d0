# shellcheck shell=bash
# Backups of etcd: the timer of the program in lib/scripts/etcd-backup/, whose files are among those that were just written.

readonly BACKUP_UNIT=caravan-etcd-backup
readonly BACKUP_SETTINGS=$SETTINGS/etcd-backup.json

# Removes what an earlier run has set up, and the record, which would grow old.
remove_backups() {
  systemctl disable --now "$BACKUP_UNIT.timer"
  systemctl stop "$BACKUP_UNIT.service"
  rm -rf "$BACKUP_SETTINGS" /etc/systemd/system/"$BACKUP_UNIT".{service,timer} /usr/local/lib/caravan/etcd-backup "$STATE/etcd-backup"
  systemctl daemon-reload
  [[ ! -f /etc/kubernetes/admin.conf ]] ||
    kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 20s --namespace kube-system delete configmap "$BACKUP_UNIT" --ignore-not-found
}

start_backups() {
  command -v age >/dev/null || install_packages age
  systemctl daemon-reload
  systemctl enable "$BACKUP_UNIT.timer"
  # Another interval takes effect only then. A backup that is under way goes on.
  systemctl restart "$BACKUP_UNIT.timer"
}

# set_up_backups: starts backups where they are configured, and ends them where they are not.
set_up_backups() {
  if [[ $FILES == *" $BACKUP_SETTINGS "* ]]; then
    run "backups of etcd" start_backups
  elif [[ -f $BACKUP_SETTINGS ]]; then
    run "end backups of etcd" remove_backups
  fi
}
