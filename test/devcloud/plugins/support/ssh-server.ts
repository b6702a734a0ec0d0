import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../../devcloud/support/run.ts";
import { freePort } from "../../../support/free-port.ts";

/** Real OpenSSH server on 127.0.0.1 with keys of its own, which accepts root. */
export class SshServer {
  readonly port: number;
  readonly dir: string;
  readonly privateKey: string;
  readonly hostKey: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, dir: string, privateKey: string, hostKey: string) {
    this.port = port;
    this.dir = dir;
    this.privateKey = privateKey;
    this.hostKey = hostKey;
  }

  /** Prepares a server with its own port and keys. `start` makes it listen. */
  static async create(hostKeyType = "ed25519"): Promise<SshServer> {
    const dir = await mkdtemp(join(tmpdir(), "ssh-server-"));
    const port = await freePort();
    await makeKey(join(dir, "host"), hostKeyType);
    await makeKey(join(dir, "user"));
    const lines = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${dir}/host`,
      `AuthorizedKeysFile ${dir}/user.pub`,
      `PidFile ${dir}/pid`,
      "StrictModes no",
      "UsePAM no",
      "PermitRootLogin yes",
      "AcceptEnv ACCEPTED PULUMI_COMMAND_*",
      "Subsystem sftp internal-sftp",
      "MaxStartups 100",
    ];
    await writeFile(join(dir, "config"), `${lines.join("\n")}\n`);
    await mkdir("/run/sshd", { recursive: true }); // sshd requires it
    return new SshServer(port, dir, await readFile(join(dir, "user"), "utf8"), await readFile(join(dir, "host.pub"), "utf8"));
  }

  async start(): Promise<void> {
    this.#process = spawn("/usr/sbin/sshd", ["-D", "-E", join(this.dir, "log"), "-f", join(this.dir, "config")], { stdio: "ignore" });
    await once(this.#process, "spawn");
    const deadline = Date.now() + 10_000;
    while (!(await this.log()).includes("Server listening")) {
      if (Date.now() > deadline) throw new Error(`sshd did not start: ${await this.log()}`);
      await sleep(20);
    }
  }

  /** Writes the connection of a remote command as code of a program, with `more` properties. */
  connection(more: Record<string, unknown> = {}): string {
    const { port, privateKey, hostKey } = this;
    return JSON.stringify({ host: "127.0.0.1", port, privateKey, hostKey, ...more });
  }

  log(): Promise<string> {
    return readFile(join(this.dir, "log"), "utf8").catch(() => "");
  }

  async stop(): Promise<void> {
    const process = this.#process;
    if (process !== undefined && process.exitCode === null) {
      process.kill();
      await once(process, "exit");
    }
    await rm(this.dir, { recursive: true, force: true });
  }
}

export async function makeKey(path: string, type = "ed25519"): Promise<void> {
  await run("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "test", "-f", path], { deadline: 10 });
}
