import { createHash, createHmac } from "node:crypto";
import { API_PORT } from "../kubeadm/init.ts";
import { NODE_ADDRESS } from "../kubeadm/node-registration.ts";
import { SETTINGS_FOLDER } from "../kubeadm/paths.ts";
import type { NodeFile } from "../node/files.ts";

/** Default port of a virtual address. 6443 is the API server's own port on the same machines (kubeadm, docs/ha-considerations.md). */
export const DEFAULT_VIRTUAL_ADDRESS_PORT = 8443;

/** Virtual address, which one of a cluster's control planes holds. */
export interface VirtualAddressArgs {
  /** The address; not one of the control planes' own addresses. */
  address: string;
  /** Port of the API at the virtual address. */
  port: number;
  /** Addresses of all control planes. */
  peers: readonly string[];
}

/** Arguments of the files of a virtual address. */
export interface VirtualAddressFilesArgs extends VirtualAddressArgs {
  /** Password of keepalived, which only control planes know. */
  password: string;
  /** Certificates of the API's CAs when they are rotated, PEM: haproxy reads them only at its start. @default they were never rotated */
  cas?: string;
}

/**
 * Makes the settings from which lib/scripts/virtual-address.sh starts haproxy and keepalived. haproxy forwards to every control plane that
 * is ready; keepalived lets one control plane hold the address. The files are the same on every control plane.
 */
export function virtualAddressFiles(args: VirtualAddressFilesArgs): NodeFile[] {
  return [
    { path: `${SETTINGS_FOLDER}/haproxy.cfg`, mode: "0644", content: haproxyConfiguration(args) },
    { path: `${SETTINGS_FOLDER}/keepalived.conf`, mode: "0600", content: keepalivedConfiguration(args) },
  ];
}

// Every API server's certificate has the name "kubernetes". Watches may be silent for long: those of kubelets last up to ten minutes.
// When no API server is ready, for example because etcd is slow, haproxy forwards to all of them: some answers are better than none.
function haproxyConfiguration({ port, peers, cas }: VirtualAddressFilesArgs): string {
  const mark = cas === undefined ? "" : `# CAs: ${createHash("sha256").update(cas).digest("hex")}\n`;
  return `${mark}global
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

/** Derives keepalived's password from a secret, of which it reveals nothing. */
export function keepalivedPassword(secret: string): string {
  return createHmac("sha256", secret).update("keepalived").digest("base64url").slice(0, PASSWORD_LENGTH);
}

// Equal priorities: a machine that comes back does not take the address from its holder. When two machines take it at once, VRRP
// leaves it to the one with the higher own address (RFC 5798, 6.4.3). A machine whose haproxy reaches no API hands the address over to
// one whose haproxy does. When none does, as during the first start, one machine still holds the address.
//
// keepalived accepts advertisements of control planes only: none to a multicast group, and none of other senders. The password is for
// clouds where a machine can send with another machine's address. A sole control plane has the virtual address itself as its peer,
// because without any peer keepalived listens to the multicast group. No AH: a machine that comes back restarts its sequence numbers,
// and its peers would ignore it (keepalived 2.2.7 and 2.2.8, vrrp_in_chk_ipsecah).
function keepalivedConfiguration({ address, port, peers, password }: VirtualAddressFilesArgs): string {
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
        auth_pass ${password}
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
