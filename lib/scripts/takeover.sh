# shellcheck shell=bash
# Errors of kubectl while an API server stops and another takes over its address, or while etcd elects a leader, and the seconds for which they
# are no reason to give up.

# shellcheck disable=SC2034 # used by other files
readonly TAKEOVER='Unable to connect to the server|connection to the server .* was refused|connection (refused|reset)|handshake timeout|context deadline exceeded|unexpected EOF|http2: |etcdserver: |ServiceUnavailable'
# shellcheck disable=SC2034 # the same
readonly TAKEOVER_SECONDS=90
