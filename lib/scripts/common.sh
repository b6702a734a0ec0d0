# shellcheck shell=bash
# Beginning of every script on a node. Scripts come on standard input, after shell assignments. So no secret is ever an
# argument, and the command line is short and the same for all.
set -euo pipefail
umask 077
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive

readonly STATE=/var/lib/caravan
readonly SCRATCH=/run/caravan
mkdir -p "$STATE" "$SCRATCH"

log() { printf '%s: %s\n' "$NODE_NAME" "$*" >&2; }

fail() {
  log "failed: $*"
  exit 1
}

# progress TEXT: logs from inside a step, whose output `run` hides.
progress() { log "$*" 2>&9; }

# Prints which disk of the machine is full; nothing when none is.
full_disk() {
  df --portability --block-size=1M / /var | awk 'NR > 1 && $4 < 10 { print "; its disk is full: " $6 " has " $4 " MiB left"; exit }'
}

# lock_machine: waits until no other script changes this machine. One may have outlived its `pulumi up`.
lock_machine() {
  local lock
  exec {lock}>"$SCRATCH/machine.lock"
  flock --wait 900 "$lock" || fail "another run has been changing this machine for 15 minutes; each ends by itself within 30, so run again then"
}

# File with the digest of the script and input that this machine has run last, to the end. A run of Pulumi whose results were lost reads it.
readonly SCRIPT_NOTE=$STATE/script

forget_script() { rm -f "$SCRIPT_NOTE"; }

note_script() { echo "$SCRIPT_DIGEST" >"$SCRIPT_NOTE"; }

# run STEP COMMAND...: runs a step and logs how long it took. When the step fails, prints its last lines and fails.
run() {
  local step=$1 started=$SECONDS output
  shift
  output=$(mktemp "$SCRATCH/step.XXXXXX")
  # In the background, because bash ignores `set -e` inside a function that is a condition.
  "$@" 9>&2 >"$output" 2>&1 </dev/null &
  if wait $!; then
    rm -f "$output"
    log "$step ($((SECONDS - started)) s)"
  else
    tail -n 20 "$output" >&2
    rm -f "$output"
    fail "$step, after $((SECONDS - started)) s; its last lines are above$(full_disk)"
  fi
}

# wait_for SECONDS EVENT COMMAND...: repeats a command each second until it succeeds. Fails at the deadline.
wait_for() {
  local deadline=$((SECONDS + $1)) what=$2 seconds=$1
  shift 2
  until "$@" >/dev/null 2>&1 </dev/null; do
    ((SECONDS < deadline)) || fail "timed out after $seconds s waiting for $what"
    sleep 1
  done
}

# write_files FILES: writes files, lines of mode, path and base64 content. Replaces placeholders by this node's facts.
write_files() {
  local mode path content
  while read -r mode path content; do
    [[ -n $path ]] || continue
    mkdir -p "$(dirname "$path")"
    chmod 0755 "$(dirname "$path")"
    printf '%s' "$content" | base64 --decode |
      sed "s|@NODE_NAME@|$NODE_NAME|g; s|@NODE_ADDRESS@|$NODE_ADDRESS|g; s|@INSTANCE_ID@|$INSTANCE_ID|g" >"$path.new"
    chmod "$mode" "$path.new"
    mv "$path.new" "$path"
  done <<<"$1"
}
