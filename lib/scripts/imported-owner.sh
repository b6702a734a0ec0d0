# shellcheck shell=bash
# File with the cluster and pool that an imported server belongs to.

# shellcheck disable=SC2034 # used by other files
readonly OWNER_FILE=$STATE/owner
