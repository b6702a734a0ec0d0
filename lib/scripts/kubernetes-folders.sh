# shellcheck shell=bash
# Where the library's settings are, and the manifests that the kubelet reads.

# shellcheck disable=SC2034 # others use it
readonly SETTINGS=/etc/kubernetes/caravan
# shellcheck disable=SC2034 # the same
readonly MANIFESTS=/etc/kubernetes/manifests
