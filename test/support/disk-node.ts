import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { readScript } from "../../lib/node/scripts.ts";
import { ScriptedNode, type ScriptResult } from "./scripted-node.ts";

/**
 * Returns whether tests can use disks on this machine. Loop devices and mount namespaces require root, and not every container has them.
 */
export function canHaveDisks(): boolean {
  return spawnSync("sh", ["-c", "losetup --find && unshare --mount true"]).status === 0;
}

/** Bytes of a GiB. Disks have whole GiB, and files on them take almost no space. */
const GIB = 2 ** 30;

/** Scripted node with real disks, which are files behind loop devices. Its mounts are visible only in its own namespace. */
export class DiskNode extends ScriptedNode {
  /** Paths of the disks, in the order of attachment. */
  readonly disks: string[] = [];
  readonly #namespace: ChildProcess;
  readonly #enter: readonly [string, ...string[]];

  private constructor(namespace: ChildProcess) {
    const enter = ["nsenter", `--mount=/proc/${namespace.pid}/ns/mnt`] as const;
    super(enter);
    this.#namespace = namespace;
    this.#enter = enter;
  }

  static async create(): Promise<DiskNode> {
    const inside = ["--mount", "sh", "-c", "echo entered; exec sleep infinity"];
    const namespace = spawn("unshare", inside, { stdio: ["ignore", "pipe", "inherit"] });
    // Until then, it is in this process's namespace.
    await once(namespace.stdout, "data");
    return new DiskNode(namespace);
  }

  /** Attaches an empty volume of 1 GiB. */
  attach(id: string): void {
    this.write(id);
    truncateSync(join(this.folder, id), GIB);
    const disk = execFileSync("losetup", ["--find", "--show", join(this.folder, id)], { encoding: "utf8" }).trim();
    this.disks.push(disk);
    this.write("by-id/.keep");
    symlinkSync(disk, join(this.folder, "by-id", `virtio-${id.slice(0, 20)}`));
  }

  /** Changes the size of the first disk to this number of GiB. Data beyond the new size are lost. */
  resize(id: string, gigabytes: number): void {
    truncateSync(join(this.folder, id), gigabytes * GIB);
    if (gigabytes > 0) execFileSync("losetup", ["--set-capacity", this.disks[0]!]);
  }

  /** Runs a call of a function in data-volume.sh. Waits take no time. */
  call(line: string): ScriptResult {
    const script = `${readScript("common.sh")}\n${readScript("data-volume.sh")}`.replaceAll("/dev/disk/by-id", `${this.folder}/by-id`);
    const stubs = 'sleep() { SECONDS=$((SECONDS + 30)); }\nmount() { command mount --fstab /etc/fstab "$@"; }';
    return this.run(script, line, {}, stubs);
  }

  /** Runs a command where the disks are mounted, and returns its output. */
  inside(command: readonly string[], input = ""): string {
    const [enter, ...args] = this.#enter;
    return execFileSync(enter, [...args, ...command], { encoding: "utf8", input });
  }

  /** Returns findmnt's value about the mount at a folder; empty without one. */
  mounted(column: "SOURCE" | "SIZE", folder: string): string {
    const find = `findmnt --noheadings --bytes --output ${column} --mountpoint '${this.folder}${folder}' || true`;
    return this.inside(["sh", "-c", find]).trim();
  }

  /** Removes everything. */
  async end(): Promise<void> {
    // A namespace's mounts end with its last process.
    this.#namespace.kill("SIGKILL");
    await once(this.#namespace, "exit");
    for (const disk of this.disks) execFileSync("losetup", ["--detach", disk]);
    this.remove();
  }
}
