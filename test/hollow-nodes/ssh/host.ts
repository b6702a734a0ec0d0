import ssh2 from "ssh2";
import { createSshKey } from "../../../lib/ssh/key.ts";
import type { Server } from "../../fake-openstack/nova/server.ts";

/** Faults of a machine. */
export interface HostFate {
  /** Seconds from ACTIVE until SSH answers. With infinity, it never does. */
  bootSeconds: number;
  /** True when the first boot never ends: SSH answers, but the machine cannot be prepared. */
  firstBootHangs: boolean;
  /** Number of joins that fail. */
  failingJoins: number;
}

/** Hollow machine, which answers SSH for a server of the fake cloud. */
export class Host {
  readonly server: Server;
  readonly fate: HostFate;
  /** Time at which SSH answers, in milliseconds since 1970. */
  readonly bootedAt: number;
  /** Host key, made at the first boot as on a real machine. */
  readonly hostKey = createSshKey("").privateKey;
  isPrepared = false;
  /** True when it is a node, which kubelet.conf shows on a real machine. */
  hasJoined = false;
  /** Digest of the script and input that it has run last as a node. */
  lastScript = "";
  /** Number of failed joins so far. */
  failedJoins = 0;

  constructor(server: Server, fate: HostFate) {
    this.server = server;
    this.fate = fate;
    this.bootedAt = Date.now() + fate.bootSeconds * 1000;
  }

  /** Console output: the host key, as cloud-init prints it at the end of the first boot. */
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
