# shellcheck shell=bash
# Installs containerd if it is missing, and configures it for Kubernetes and with the pool's settings.

readonly CONTAINERD=/etc/containerd/config.toml
readonly CONTAINERD_MORE=/etc/containerd/conf.d/caravan.toml

# Prints the configuration from standard input, with an import of the pool's part if that exists. The import is a pattern,
# because a later run may remove the pool's part.
import_pool_settings() {
  local settings pattern='"/etc/containerd/conf.d/*.toml"'
  settings=$(cat)
  if [[ ! -f $CONTAINERD_MORE || $settings == *"/etc/containerd/conf.d/*.toml"* ]]; then
    printf '%s\n' "$settings"
  elif [[ $settings =~ (^|$'\n')'imports = [' ]]; then
    printf '%s\n' "${settings/imports = [/imports = [$pattern, }"
  else
    printf 'imports = [%s]\n%s\n' "$pattern" "$settings"
  fi
}

# wanted_containerd_settings SYSTEMD_CGROUP: prints the wanted configuration of containerd.
wanted_containerd_settings() {
  base_settings | set_cgroup_driver "$1" |
    sed -e "s|config_path = [\"'][\"']|config_path = '/etc/containerd/certs.d'|" |
    import_pool_settings |
    registry_settings no
}

configure_containerd() {
  local systemd=false settings
  [[ $CGROUP_DRIVER != systemd ]] || systemd=true
  if [[ -f /etc/kubernetes/kubelet.conf ]] && ! grep -qs "SystemdCgroup = $systemd" "$CONTAINERD"; then
    fail "the cgroup driver cannot become $CGROUP_DRIVER under a node that has joined; give it to a new pool, and move there"
  fi
  settings=$(wanted_containerd_settings "$systemd")
  [[ -z $IMAGE_REPOSITORY ]] || touch "$SANDBOX_SET"
  [[ $settings != "$(cat "$CONTAINERD" 2>/dev/null)" ]] || return 0
  mkdir -p /etc/containerd
  # What the image had, for those who look for it.
  [[ ! -f $CONTAINERD || -f $CONTAINERD.before-caravan ]] || cp "$CONTAINERD" "$CONTAINERD.before-caravan"
  put_settings "$CONTAINERD" "$settings"
}

# Prints the present configuration of containerd.
containerd_settings() {
  cat "$CONTAINERD" "$CONTAINERD_MORE" 2>/dev/null || true
}

# Restarts containerd, after a check of its settings: with unreadable settings it would not start again. Running containers survive
# the restart.
restart_containerd() {
  if ! containerd config dump >/dev/null; then
    [[ -f $CONTAINERD_MORE ]] || fail "containerd cannot read $CONTAINERD, for the reason above; take what is wrong out of the image's own part"
    rm -f "$CONTAINERD_MORE"
    fail "containerd cannot read containerRuntime.configuration, which was taken away again"
  fi
  systemctl restart containerd
}

# install_containerd BEFORE: BEFORE is the configuration before this run.
install_containerd() {
  complete_pool_settings "$CONTAINERD_MORE"
  configure_containerd
  # Recorded in a file, because the run after an interrupted one sees no difference any more.
  [[ $(containerd_settings) == "$1" ]] || touch "$STATE/restart-containerd"
  [[ ! -f $STATE/restart-containerd ]] || restart_containerd
  rm -f "$STATE/restart-containerd"
  systemctl enable --now containerd
}
