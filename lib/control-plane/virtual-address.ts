import { createHmac } from "node:crypto";
import { API_PORT } from "../kubeadm/init.ts";
import { NODE_ADDRESS } from "../kubeadm/node-registration.ts";
import { SETTINGS_FOLDER } from "../kubeadm/paths.ts";
import type { NodeFile } from "../node/files.ts";

/** Port of a virtual address when nothing is said: 6443 is the API server's own on the same machines (kubeadm, docs/ha-considerations.md). */
export const DEFAULT_VIRTUAL_ADDRESS_PORT = 8443;

/** An address that the control planes of a cluster hold among themselves. */
export interface VirtualAddressArgs {
  /** The address; not one of the control planes' own. */
  address: string;
  /** Port at which the API is reached there. */
  port: number;
  /** Addresses of all control planes. */
  peers: readonly string[];
}

/** What only control planes know, from which keepalived's password is made. */
export interface VirtualAddressFilesArgs extends VirtualAddressArgs {
  secret: string;
}

/**
 * The settings from which lib/scripts/virtual-address.sh starts haproxy, which forwards to every control plane that is ready,
 * and keepalived, which has one of the control planes hold the address. They are the same on all of them.
 */
export function virtualAddressFiles(args: VirtualAddressFilesArgs): NodeFile[] {
  return [
    { path: `${SETTINGS_FOLDER}/haproxy.cfg`, mode: "0644", content: haproxyConfiguration(args) },
    { path: `${SETTINGS_FOLDER}/keepalived.conf`, mode: "0600", content: keepalivedConfiguration(args) },
  ];
}

// Every API server's certificate is for the name "kubernetes". Watches may be silent for long: kubelets' last up to ten minutes.
// When none is ready, as when etcd is slow, all are asked: what they can still answer is better than nothing.
function haproxyConfiguration({ port, peers }: VirtualAddressArgs): string {
  return `global
    log stdout format short local0 notice
    user haproxy
    group haproxy

defaults
    log global
    mode tcp
    timeout connect 2s
    timeout check 5s
    timeout client 1h
    timeout server 1h
    option clitcpka
    option srvtcpka
    option redispatch 1

frontend api
    bind :${port}
    default_backend control-planes

backend control-planes
    balance leastconn
    option httpchk GET /readyz
    http-check expect status 200
    default-server check check-ssl verify required ca-file /etc/kubernetes/pki/ca.crt verifyhost kubernetes
    default-server inter 2s downinter 1s fall 4 rise 1 on-marked-down shutdown-sessions
${peers.map((peer) => `    server ${peer} ${peer}:${API_PORT}\n`).join("")}    option allbackups
${peers.map((peer) => `    server ${peer}-unready ${peer}:${API_PORT} backup no-check\n`).join("")}`;
}

/** Length of keepalived's passwords. */
const PASSWORD_LENGTH = 8;

/** A password from which nobody learns anything of the secret. */
function passwordFrom(secret: string): string {
  return createHmac("sha256", secret).update("keepalived").digest("base64url").slice(0, PASSWORD_LENGTH);
}

// Equal priorities: a machine that comes back takes nothing from the holder, and when two take the address at once, VRRP leaves
// it to the higher of their own addresses (RFC 5798, 6.4.3). A machine whose haproxy reaches no API hands over to one whose does;
// when none does, as during the first start, the address is still held.
//
// Only control planes are listened to: advertisements to a group are not, nor those of other senders, nor, where the cloud lets
// machines send in other machines' names, those without the password. A sole control plane has the address itself for a peer,
// because without any keepalived listens to the group. Not AH: a machine that comes back begins its sequence anew, and its peers
// would not hear it (keepalived 2.2.7 and 2.2.8, vrrp_in_chk_ipsecah).
function keepalivedConfiguration({ address, port, peers, secret }: VirtualAddressFilesArgs): string {
  const curl = "/usr/bin/curl --silent --fail --max-time 5 --output /dev/null --cacert /etc/kubernetes/pki/ca.crt";
  const listed = peers.length > 1 ? peers : [...peers, address];
  return `global_defs {
    enable_script_security
    script_user root
}

vrrp_script api {
    script "${curl} --connect-to kubernetes:${port}:127.0.0.1:${port} https://kubernetes:${port}/readyz"
    interval 2
    timeout 6
    fall 3
    rise 1
    weight -50
}

vrrp_instance api {
    state BACKUP
    interface @INTERFACE@
    virtual_router_id 51
    priority 150
    advert_int 1
    check_unicast_src
    unicast_src_ip ${NODE_ADDRESS}
    unicast_peer {
${listed.map((peer) => `        ${peer}\n`).join("")}    }
    authentication {
        auth_type PASS
        auth_pass ${passwordFrom(secret)}
    }
    virtual_ipaddress {
        ${address}/32
    }
    track_script {
        api
    }
}
`;
}
