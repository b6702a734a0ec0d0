# shellcheck shell=bash
# Virtual address of the API, which the control planes share: haproxy forwards to every ready API server, and keepalived moves the
# address. write_files has written their settings. $VIRTUAL_ADDRESS is ADDRESS:PORT, or empty.

# configure_service SERVICE FILE MODE: writes the service's configuration from standard input. A service that already runs by it is not
# restarted.
configure_service() {
  local service=$1 file=$2 mode=$3
  cat >"$file.new"
  chmod "$mode" "$file.new"
  systemctl --quiet enable "$service"
  if cmp --silent "$file.new" "$file" && systemctl --quiet is-active "$service"; then
    rm "$file.new"
  else
    mv "$file.new" "$file"
    systemctl reload-or-restart "$service"
  fi
}

configure_haproxy() {
  configure_service haproxy /etc/haproxy/haproxy.cfg 0644 <"$SETTINGS/haproxy.cfg"
}

# Fills in the interface, which only the machine knows, and removes this machine from keepalived's peers.
configure_keepalived() {
  local interface
  interface=$(ip -oneline -4 address show to "$NODE_ADDRESS" | awk '{ print $2; exit }')
  [[ -n $interface ]] || fail "no interface has this machine's address $NODE_ADDRESS; it must be the address of its port in the nodes' network"
  sed -e "s|@INTERFACE@|$interface|" -e "/^ *${NODE_ADDRESS//./\\.}\$/d" "$SETTINGS/keepalived.conf" |
    configure_service keepalived /etc/keepalived/keepalived.conf 0600
}

virtual_address_answers() {
  # shellcheck disable=SC2016 # the inner bash expands it
  timeout 2 bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "${VIRTUAL_ADDRESS%:*}" "${VIRTUAL_ADDRESS##*:}"
}

start_virtual_address() {
  [[ -n ${VIRTUAL_ADDRESS:-} ]] || return 0
  if ! command -v haproxy >/dev/null || ! command -v keepalived >/dev/null; then
    run "install haproxy and keepalived" install_packages haproxy keepalived
  fi
  run "start haproxy" configure_haproxy
  run "start keepalived" configure_keepalived
  wait_for 60 "the virtual address $VIRTUAL_ADDRESS being held by a control plane" virtual_address_answers
}
