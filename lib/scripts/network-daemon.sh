# shellcheck shell=bash
# Has systemd-networkd leave the routes and rules of the pods' network alone. Without this it removes them when it starts again.

readonly NETWORKD=/etc/systemd/networkd.conf.d/90-caravan.conf

# image_keeps_routes: succeeds when the image has this setting already, with which the running daemon has started.
image_keeps_routes() {
  grep --quiet --no-messages --recursive --exclude "$(basename "$NETWORKD")" '^ManageForeignRoutingPolicyRules=\(no\|false\|0\)$' \
    /etc/systemd/networkd.conf /etc/systemd/networkd.conf.d /usr/lib/systemd/networkd.conf.d
}

keep_pod_routes() {
  systemctl is-active --quiet systemd-networkd || return 0
  # Recorded in a file, because the run after an interrupted one must still restart it.
  ! cmp --silent "$NETWORKD" "$STATE/networkd" || return 0
  image_keeps_routes || systemctl restart systemd-networkd
  cp "$NETWORKD" "$STATE/networkd"
}
