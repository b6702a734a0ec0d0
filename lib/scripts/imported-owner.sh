# shellcheck shell=bash
# Which pool of which cluster an imported server belongs to.

# shellcheck disable=SC2034 # others use it
readonly OWNER_FILE=$STATE/owner
