# shellcheck shell=bash
# Credentials of registries at the end of containerd's configuration.

readonly CREDENTIALS_MARK="# Credentials of registries, written by caravan: nothing may follow them."

# without_credentials: prints the configuration from standard input without them.
without_credentials() { sed "/^$CREDENTIALS_MARK\$/,\$d"; }

# remove_credentials FILE: takes them out of a configuration, which everybody may read then.
remove_credentials() {
  grep --quiet --no-messages --line-regexp --fixed-strings "$CREDENTIALS_MARK" "$1" || return 0
  without_credentials <"$1" >"$1.new"
  chmod 0644 "$1.new"
  mv "$1.new" "$1"
}
