import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface SshServerArgs {
  /** Folder for its settings and host key. */
  folder: string;
  address: string;
  port: number;
  /** Only key that it accepts, for root. */
  publicKey: string;
  /** Types of its host keys. @default ["ecdsa"] */
  hostKeyTypes?: ("ecdsa" | "ed25519" | "rsa")[];
  /** Further lines of its configuration. @default none */
  settings?: readonly string[];
}

/** Real OpenSSH server with its own host keys. */
export class SshServer {
  readonly address: string;
  readonly port: number;
  /** Last of its host keys, as `ssh-keyscan` prints it without the name. */
  readonly hostKey: string;
  readonly #log: string;
  readonly #process: ChildProcess;

  private constructor({ folder, address, port, publicKey, hostKeyTypes = ["ecdsa"], settings = [] }: SshServerArgs) {
    this.address = address;
    this.port = port;
    this.#log = join(folder, "log");
    mkdirSync(folder, { recursive: true });
    // Folder for sshd's privilege separation. It exists wherever sshd runs as a service.
    mkdirSync("/run/sshd", { recursive: true });
    const hostKeys = hostKeyTypes.map((type) => join(folder, type));
    hostKeyTypes.forEach((type, index) => {
      execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "", "-f", hostKeys[index]!]);
    });
    writeFileSync(join(folder, "authorized_keys"), `${publicKey}\n`);
    const configuration = [
      `ListenAddress ${address}`,
      `Port ${port}`,
      ...hostKeys.map((file) => `HostKey ${file}`),
      `AuthorizedKeysFile ${folder}/authorized_keys`,
      "PermitRootLogin prohibit-password",
      "PidFile none",
      "StrictModes no",
      "UsePAM yes",
      ...settings,
    ];
    writeFileSync(join(folder, "config"), configuration.join("\n"));
    this.hostKey = readFileSync(`${hostKeys.at(-1)}.pub`, "utf8").trim();
    this.#process = spawn("/usr/sbin/sshd", ["-D", "-f", join(folder, "config"), "-E", this.#log], { stdio: "ignore" });
  }

  static async start(args: SshServerArgs): Promise<SshServer> {
    const server = new SshServer(args);
    const deadline = Date.now() + 5000;
    while (!(await listens(args))) {
      if (Date.now() > deadline) throw new Error(`sshd does not listen at ${args.address}:${args.port}: ${server.#readLog()}`);
      await sleep(20);
    }
    return server;
  }

  /** Number of logins so far. */
  get logins(): number {
    return this.#readLog().split("Accepted publickey").length - 1;
  }

  get processId(): number {
    return this.#process.pid!;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || !this.#process.kill()) return;
    await once(this.#process, "exit");
  }

  #readLog(): string {
    return readFileSync(this.#log, "utf8");
  }
}

function listens({ address, port }: SshServerArgs): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
