import ssh2 from "ssh2";
import { createSshKey } from "../../../lib/ssh/key.ts";
import type { Server } from "../../fake-openstack/nova/server.ts";

/** What goes wrong on a machine. */
export interface HostFate {
  /** Seconds from ACTIVE until SSH answers; infinite: it never does. */
  bootSeconds: number;
  /** Whether its first boot never ends: SSH answers, but the machine cannot be prepared. */
  firstBootHangs: boolean;
  /** How many of its joins fail. */
  failingJoins: number;
}

/** A hollow machine: what stands behind the SSH of a server of the fake cloud. */
export class Host {
  readonly server: Server;
  readonly fate: HostFate;
  /** When SSH answers, in milliseconds since 1970. */
  readonly bootedAt: number;
  /** Made by the machine at its first boot, like on real ones. */
  readonly hostKey = createSshKey("").privateKey;
  isPrepared = false;
  /** Whether it is a node: what kubelet.conf shows on a real machine. */
  hasJoined = false;
  /** Joins that failed as its fate wants. */
  failedJoins = 0;

  constructor(server: Server, fate: HostFate) {
    this.server = server;
    this.fate = fate;
    this.bootedAt = Date.now() + fate.bootSeconds * 1000;
  }

  /** What it has printed on its console: as cloud-init does at the end of the first boot, the host key. */
  get console(): string {
    if (!this.isUp || this.fate.firstBootHangs) return "";
    const key = ssh2.utils.parseKey(this.hostKey);
    if (key instanceof Error) throw key;
    const line = `${key.type} ${key.getPublicSSH().toString("base64")} root@${this.server.name}`;
    return ["-----BEGIN SSH HOST KEY KEYS-----", line, "-----END SSH HOST KEY KEYS-----", ""].join("\r\n");
  }

  get isUp(): boolean {
    return Date.now() >= this.bootedAt;
  }
}
