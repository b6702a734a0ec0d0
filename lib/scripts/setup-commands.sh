# shellcheck shell=bash
# Commands of the user's own, before and after a machine becomes a node or a member. They run on machines that become one, and not on those
# that are one already.

readonly POST_PENDING=$STATE/post-commands-pending

# Runs a command, base64. It is neither an argument nor a file, because it may be a secret.
run_command() { bash -e -o pipefail /dev/fd/9 9< <(base64 --decode <<<"$1"); }

# run_commands PROPERTY LIST: runs the commands of a property, one after another.
run_commands() {
  local command place=0
  while read -r command; do
    [[ -n $command ]] || continue
    run "$1[$place]" run_command "$command"
    place=$((place + 1))
  done <<<"$2"
}

before_kubeadm() {
  touch "$POST_PENDING"
  run_commands preKubeadmCommands "$PRE_COMMANDS"
}

after_kubeadm() {
  [[ -f $POST_PENDING ]] || return 0
  run_commands postKubeadmCommands "$POST_COMMANDS"
  rm -f "$POST_PENDING"
}
