# shellcheck shell=bash
# Folders of the library's settings, and of the manifests that the kubelet reads.

# shellcheck disable=SC2034 # used by other files
readonly SETTINGS=/etc/kubernetes/caravan
# shellcheck disable=SC2034 # the same
readonly MANIFESTS=/etc/kubernetes/manifests
