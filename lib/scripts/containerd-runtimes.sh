# shellcheck shell=bash
# Keeps the runtimes that an image has configured in containerd, like NVIDIA's of GPU images, and gives them the cgroup driver.

# enable_cri FILE: prints a configuration of containerd in which the plugin for Kubernetes is not disabled. Docker's package disables it.
enable_cri() { sed -E "/^disabled_plugins/s/[\"'](io\.containerd\.grpc\.v1\.|io\.containerd\.)?cri(\.v1\.[a-z]+)?[\"'],? *//g" "$1"; }

# Prints what containerd makes of its present configuration, with its defaults and imports.
effective_settings() {
  enable_cri "$CONTAINERD" >"$SCRATCH/containerd.toml"
  containerd --config "$SCRATCH/containerd.toml" config dump
}

# other_runtimes SETTINGS: prints the names of the runtimes beside runc.
other_runtimes() {
  sed -n 's/^ *\[.*\.containerd\.runtimes\.\([^].]*\)\] *$/\1/p' <<<"$1" | tr --delete "\"'" | grep --invert-match --line-regexp runc || true
}

# base_settings: prints the configuration to which the library adds its own. One that somebody made for Kubernetes, or with further
# runtimes, is kept. Any other is the system's default, with which containerd runs no pods.
base_settings() {
  local effective others
  if grep -qsE 'SystemdCgroup = true|/etc/containerd/certs\.d' "$CONTAINERD"; then
    cat "$CONTAINERD"
    return
  fi
  [[ ! -f $CONTAINERD ]] || effective=$(effective_settings) || fail "containerd cannot read its present $CONTAINERD; correct or remove it there"
  others=$(other_runtimes "${effective:-}" | paste -s -d ' ')
  if [[ -n $others ]]; then
    progress "keeps the runtimes of its containerd: $others"
    # The imports are in it already. Network plugins are in /opt/cni/bin on every node.
    sed -e 's/^imports = .*/imports = []/' -e "s|[\"']/usr/lib/cni[\"']|\"/opt/cni/bin\"|" <<<"$effective"
  else
    containerd config default
  fi
}

# set_cgroup_driver SYSTEMD_CGROUP: prints the configuration from standard input with a cgroup driver for each runtime of runc's kind.
# A runtime that does not name one would have the other driver than the kubelet, and start no pod.
set_cgroup_driver() {
  sed -e "s/SystemdCgroup = .*/SystemdCgroup = $1/" | awk -v line="SystemdCgroup = $1" '
    function header(text) { return text ~ /^[ \t]*\[/ }
    function name(text) { sub(/^[ \t]*\[/, "", text); sub(/\][ \t]*(#.*)?$/, "", text); return text }
    { lines[NR] = $0 }
    header($0) { section = name($0); sections[section] = 1 }
    /^[ \t]*runtime_type *= *["\047]io\.containerd\.runc\.v2["\047]/ { runtimes[section] = 1 }
    /^[ \t]*SystemdCgroup *=/ { named[section] = 1 }
    END {
      for (each = 1; each <= NR; each++) {
        print lines[each]
        if (!header(lines[each])) continue
        section = runtime = name(lines[each])
        if (sub(/\.options$/, "", runtime) && (runtime in runtimes) && !(section in named)) print line
      }
      for (runtime in runtimes) if (!((runtime ".options") in sections)) print "[" runtime ".options]\n" line
    }'
}
