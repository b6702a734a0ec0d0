# shellcheck shell=bash
# Installs packages with apt. Waits while another program installs some, and repairs an interrupted installation.

# Seconds from the script's start until which it waits for the locks of apt and dpkg. A new machine that updates itself takes minutes.
readonly PACKAGE_SECONDS=720

# Messages of apt and dpkg when another program has one of their locks.
readonly LOCKED='Could not get lock|locked by another process'

is_debian() {
  [[ " $(sed -n 's/^ID\(_LIKE\)\?=//p' /etc/os-release | tr -d '"' | tr '\n' ' ') " == *" debian "* ]]
}

# when_unlocked COMMAND...: runs a command of apt or dpkg. While another program has its lock, logs which one every 30 s, and retries.
# apt can wait for dpkg's lock by itself, but not for that of its package lists.
when_unlocked() {
  local output lock said=-30
  output=$(mktemp "$SCRATCH/packages.XXXXXX")
  until LC_ALL=C "$@" >"$output" 2>&1; do
    if ! lock=$(grep --max-count 1 --extended-regexp "$LOCKED" "$output"); then
      cat "$output"
      rm -f "$output"
      return 1
    fi
    lock=${lock#E: }
    ((SECONDS < PACKAGE_SECONDS)) || fail "another program installs packages and does not end: $lock. Look at it there, then run this again"
    if ((SECONDS >= said + 30)); then
      progress "waits for another program that installs packages: $lock"
      said=$SECONDS
    fi
    sleep 5
  done
  cat "$output"
  rm -f "$output"
}

# Questions about changed configuration files are answered by keeping the machine's.
apt() {
  when_unlocked apt-get --quiet --option Acquire::Retries=3 --option DPkg::Options::=--force-confdef --option DPkg::Options::=--force-confold "$@"
}

# finish_installation: completes what a killed dpkg or a reboot has left. Neither command changes anything otherwise.
finish_installation() {
  # Packages that must be unpacked again make dpkg fail. apt repairs those.
  when_unlocked dpkg --configure --pending --force-confdef --force-confold || progress "repairs an interrupted installation of packages"
  apt update
  apt install --fix-broken --yes
}

# install_packages PACKAGES...: installs packages of the machine's own repositories.
install_packages() {
  is_debian || fail "$* must be installed on this machine beforehand, because its system is neither Debian nor Ubuntu"
  finish_installation
  apt install --yes "$@"
}

# hold_packages PACKAGES...: has the machine's own updates leave the installed ones of these alone. Records those that nobody else held.
hold_packages() {
  local package status held free=()
  command -v apt-mark >/dev/null || return 0
  held=$(apt-mark showhold)
  while read -r package status; do
    [[ $status != installed ]] || grep --quiet --line-regexp --fixed-strings "$package" <<<"$held" || free+=("$package")
  done < <(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
  ((${#free[@]} > 0)) || return 0
  printf '%s\n' "${free[@]}" >>"$STATE/held-packages"
  when_unlocked apt-mark hold "${free[@]}"
}
