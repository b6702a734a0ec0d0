# shellcheck shell=bash
# Sources of container images in containerd's configuration: the folder of hosts.toml files, the sandbox image, and credentials.

readonly HOSTS_FOLDER=/etc/containerd/certs.d
# Recorded once the sandbox image was set. A repository that is taken away again leaves kubeadm's own.
readonly SANDBOX_SET=$STATE/sandbox-image

# set_toml TABLE KEY VALUE: prints the TOML from standard input with a text in a table. Quotes and spaces in the names of tables do not
# matter. A value that is the same keeps its form.
set_toml() {
  TABLE=$1 KEY=$2 VALUE=$3 awk '
    function plain(text) { gsub(/["'"'"' \t]/, "", text); return text }
    function setting() { return "  " ENVIRON["KEY"] " = \"" ENVIRON["VALUE"] "\"" }
    BEGIN { header = plain("[" ENVIRON["TABLE"] "]"); key = ENVIRON["KEY"] "=" }
    { lines[NR] = $0 }
    /^[ \t]*\[/ { inside = plain($0) == header; if (inside) table = NR }
    inside && index(plain($0), key) == 1 { found = NR }
    END {
      if (found && plain(lines[found]) != key ENVIRON["VALUE"]) lines[found] = setting()
      for (place = 1; place <= NR; place++) {
        print lines[place]
        if (!found && place == table) print setting()
      }
      if (!table) printf "\n[%s]\n%s\n", ENVIRON["TABLE"], setting()
    }'
}

# cri_plugin SETTINGS: prints the name of the plugin that pulls images, which version 3 of the configuration split.
cri_plugin() {
  local version
  version=$(sed -n 's/^version *= *//p' <<<"$1" | head -n 1)
  if ((${version:-2} >= 3)); then echo io.containerd.cri.v1.images; else echo io.containerd.grpc.v1.cri; fi
}

# has_hosts: tells whether this run wrote a hosts.toml.
has_hosts() { grep --quiet " $HOSTS_FOLDER/" <<<"$SOFTWARE_FILES"; }

# use_hosts_folder PLUGIN: prints the configuration from standard input, with the folder of hosts.toml files if there are any.
use_hosts_folder() {
  local settings
  settings=$(cat)
  if ! has_hosts || grep --quiet --extended-regexp "^ *config_path *=.*$HOSTS_FOLDER" <<<"$settings"; then
    printf '%s\n' "$settings"
    return
  fi
  # containerd takes either form, and with both it pulls no image at all.
  ! grep --quiet --extended-regexp '^ *\[plugins\..*\.registry\.mirrors' <<<"$settings" ||
    fail "$CONTAINERD of the image has registry.mirrors, which containerd does not take beside registries.mirrors and registries.hosts; take them out of the image"
  set_toml "plugins.\"$1\".registry" config_path "$HOSTS_FOLDER" <<<"$settings"
}

# Prints kubeadm's name of the sandbox image.
sandbox_image() {
  kubeadm config images list --kubernetes-version "v$KUBERNETES_VERSION" ${IMAGE_REPOSITORY:+--image-repository "$IMAGE_REPOSITORY"} | grep '/pause:'
}

# name_sandbox_image PLUGIN OF_POOL: prints the configuration from standard input, with the sandbox image of the given repository. A pool's
# own one wins.
name_sandbox_image() {
  local image settings
  settings=$(cat)
  if [[ -z $IMAGE_REPOSITORY && ! -f $SANDBOX_SET ]] || { [[ $2 == yes ]] && grep --quiet --extended-regexp '^ *sandbox(_image)? *=' <<<"$settings"; }; then
    printf '%s\n' "$settings"
    return
  fi
  image=$(sandbox_image) || return
  if [[ $1 == io.containerd.cri.v1.images ]]; then
    set_toml "plugins.\"$1\".pinned_images" sandbox "$image" <<<"$settings"
  else
    set_toml "plugins.\"$1\"" sandbox_image "$image" <<<"$settings"
  fi
}

# add_credentials PLUGIN: prints the configuration from standard input, with the present credentials at its end.
add_credentials() {
  cat
  [[ -z $REGISTRY_CREDENTIALS ]] || printf '%s\n%s' "$CREDENTIALS_MARK" "$REGISTRY_CREDENTIALS" | sed "s/^\[plugins\.\"PLUGIN\"/[plugins.\"$1\"/"
}

# registry_settings OF_POOL: prints the configuration of containerd from standard input, with all of these. OF_POOL is "yes" for a pool's part.
registry_settings() {
  local settings plugin
  settings=$(cat)
  plugin=$(cri_plugin "$settings")
  # Credentials come off first and on last, so that other settings are never added behind them.
  without_credentials <<<"$settings" | use_hosts_folder "$plugin" | name_sandbox_image "$plugin" "$1" | add_credentials "$plugin"
}

# put_settings FILE SETTINGS: replaces a configuration of containerd. Only root can read it while there are credentials.
put_settings() {
  printf '%s\n' "$2" >"$1.new"
  [[ -n $REGISTRY_CREDENTIALS ]] || chmod 0644 "$1.new"
  mv "$1.new" "$1"
}

# complete_pool_settings FILE: gives a pool's part these settings, if it names the plugin: containerd 1 takes all of the plugin's settings from there.
complete_pool_settings() {
  local settings
  grep --quiet --extended-regexp 'io\.containerd\.(grpc\.v1\.cri|cri\.v1\.images)' "$1" 2>/dev/null || return 0
  settings=$(registry_settings yes <"$1")
  put_settings "$1" "$settings"
}
