# shellcheck shell=bash
# Minor versions, and what the manifests of static pods say of theirs.

# ConfigMap that says that an upgrade of the control planes is under way. It is deleted when the add-ons are upgraded, too.
# shellcheck disable=SC2034 # used by other files
readonly UPGRADE_RECORD=caravan-upgrade

# Version to which an upgrade of this machine is under way.
# shellcheck disable=SC2034 # the same
readonly UPGRADING=$STATE/upgrading

# minor_of VERSION: prints the number of its minor version: 36 of 1.36.3, with or without "v".
minor_of() { cut --delimiter . --fields 2 <<<"$1"; }

# image_tag COMPONENT [FOLDER]: prints the tag of the image in the manifest of a static pod, without "v".
image_tag() {
  sed -n 's/^ *image: .*:v\?\([0-9][0-9A-Za-z._-]*\)"\?$/\1/p' "${2:-$MANIFESTS}/$1.yaml" 2>/dev/null | head -n 1
}
