# shellcheck shell=bash
# Prints the digest of the script and input that this machine has run last, to the end; nothing when there is none.

print_last_script() { [[ ! -f $SCRIPT_NOTE ]] || cat "$SCRIPT_NOTE"; }
