# shellcheck shell=bash
# Has this control plane hold the API's virtual address together with its peers: haproxy forwards to every API server that is
# ready, keepalived moves the address. Their settings were written by write_files; $VIRTUAL_ADDRESS is ADDRESS:PORT, or empty.

install_virtual_address() {
  apt-get -q update
  apt-get -q install -y haproxy keepalived
}

# configure_service SERVICE FILE MODE: standard input becomes the service's configuration. What runs by it already is left alone.
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

# Only the machine knows its interface; and keepalived's peers are the others, without the machine itself.
configure_keepalived() {
  local interface
  interface=$(ip -oneline -4 address show to "$NODE_ADDRESS" | awk '{ print $2; exit }')
  [[ -n $interface ]] || fail "no interface has this machine's address $NODE_ADDRESS"
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
    run "install haproxy and keepalived" install_virtual_address
  fi
  run "start haproxy" configure_haproxy
  run "start keepalived" configure_keepalived
  wait_for 60 "the virtual address $VIRTUAL_ADDRESS being held by a control plane" virtual_address_answers
}
