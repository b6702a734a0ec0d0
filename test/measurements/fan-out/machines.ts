import { mkdirSync, readFileSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeKeys } from "../../../lib/pool/node-keys.ts";
import { bastionFiles } from "../../../lib/ssh/bastion.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import type { Host } from "../../support/fan-out.ts";
import { SshServer } from "../../support/ssh-server.ts";
import { cpuTimeOf } from "./cpu-time.ts";

/** Network of the machines. All its addresses are this machine. */
export const MACHINES_CIDR = "10.64.0.0/16";

/** SSH's default port, which is free in a separate network namespace. */
const PORT = 22;

/** Seconds in which sessions end after their clients. */
const PATIENCE = 60;

/** Machines that are one: each has its own address, and the same OpenSSH server answers at all of them. */
export class Machines {
  readonly hosts: readonly (Host & { hostKey: string })[];
  readonly port = PORT;
  readonly privateKey: string;
  readonly #server: SshServer;

  private constructor(server: SshServer, privateKey: string, count: number) {
    this.#server = server;
    this.privateKey = privateKey;
    this.hosts = nodeKeys({ count }).map((key) => ({
      name: `worker-${key}`,
      id: `id-${key}`,
      address: addressOf(Number(key)),
      hostKey: server.hostKey,
    }));
  }

  static async start(count: number, dir: string): Promise<Machines> {
    const { privateKey, publicKey } = createSshKey("fan-out");
    // Not this machine's user's home: that user's shell may do a lot at its start.
    const home = join(dir, "home");
    mkdirSync(home);
    const settings = [...bastionLimits(), `SetEnv HOME=${home}`];
    const server = await SshServer.start({ folder: join(dir, "sshd"), address: "0.0.0.0", port: PORT, publicKey, settings });
    // Real machines have their own cores, which no client uses.
    setPriority(server.processId, Math.max(getPriority() - 5, constants.priority.PRIORITY_HIGHEST));
    return new Machines(server, privateKey, count);
  }

  /** CPU seconds of all processes on the machines. */
  get cpuSeconds(): number {
    const { own, endedChildren } = cpuTimeOf(this.#server.processId);
    return own + endedChildren;
  }

  get logins(): number {
    return this.#server.logins;
  }

  /** Waits until nobody is logged in. */
  async idle(): Promise<void> {
    const { processId: pid } = this.#server;
    const deadline = Date.now() + PATIENCE * 1000;
    while (readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8") !== "") {
      if (Date.now() > deadline) throw new Error(`SSH sessions are still open ${PATIENCE} s after their clients ended`);
      await sleep(20);
    }
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

/** Settings for as many concurrent logins as on a bastion of the library. */
function bastionLimits(): string[] {
  return bastionFiles(PORT).flatMap(({ content }) => content.trimEnd().split("\n"));
}

/** Returns an address from 10.64.1.1 on, 250 of each block of 256. */
function addressOf(ordinal: number): string {
  return `10.64.${1 + Math.floor(ordinal / 250)}.${1 + (ordinal % 250)}`;
}
