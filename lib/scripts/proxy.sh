# shellcheck shell=bash
# Proxies of the machine. Their files are written with all others; this makes programs use them.

# Variables of containerd and the kubelet.
readonly PROXY=/etc/caravan/proxy.env
# Digest of the variables with which both run.
readonly PROXY_IN_USE=$STATE/proxy-in-use

# use_proxy: gives the commands of this shell the proxies. kubeadm must not have them: it would write them into the API.
use_proxy() {
  local variable
  [[ ! -f $PROXY ]] || while read -r variable; do export "${variable?}"; done <"$PROXY"
}

# apply_proxy: restarts containerd and the kubelet where they run without the present proxies. Running containers survive it.
apply_proxy() {
  local wanted="" in_use
  [[ ! -f $PROXY ]] || wanted=$(sha256sum <"$PROXY")
  in_use=$(cat "$PROXY_IN_USE" 2>/dev/null || true)
  [[ $wanted != "$in_use" ]] || return 0
  systemctl daemon-reload
  systemctl try-restart containerd kubelet
  # After the restart, so that a run which is interrupted before restarts them again.
  if [[ -n $wanted ]]; then printf '%s\n' "$wanted" >"$PROXY_IN_USE"; else rm -f "$PROXY_IN_USE"; fi
}
