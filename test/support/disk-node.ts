import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { readScript } from "../../lib/node/scripts.ts";
import { ScriptedNode, type ScriptResult } from "./scripted-node.ts";

/** Whether this machine can have disks for tests: loop devices and mount namespaces are root's, and not every container's. */
export function canHaveDisks(): boolean {
  return spawnSync("sh", ["-c", "losetup --find && unshare --mount true"]).status === 0;
}

/** Sizes of disks are whole GiB, of which files on them take next to nothing. */
const GIB = 2 ** 30;

/** A scripted node with real disks, which are files behind loop devices. What it mounts is seen in a namespace of its own alone. */
export class DiskNode extends ScriptedNode {
  /** Paths of the disks, in the order in which they were attached. */
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
    // Until then, it is in the namespace of everybody.
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

  /** Changes the size of the first disk to so many GiB; what is cut off cannot be read any more. */
  resize(id: string, gigabytes: number): void {
    truncateSync(join(this.folder, id), gigabytes * GIB);
    if (gigabytes > 0) execFileSync("losetup", ["--set-capacity", this.disks[0]!]);
  }

  /** Runs a call of what data-volume.sh defines; waiting takes no time. */
  call(line: string): ScriptResult {
    const script = `${readScript("common.sh")}\n${readScript("data-volume.sh")}`.replaceAll("/dev/disk/by-id", `${this.folder}/by-id`);
    const stubs = 'sleep() { SECONDS=$((SECONDS + 30)); }\nmount() { command mount --fstab /etc/fstab "$@"; }';
    return this.run(script, line, {}, stubs);
  }

  /** Runs a command where the disks are mounted, and gives what it prints. */
  inside(command: readonly string[], input = ""): string {
    const [enter, ...args] = this.#enter;
    return execFileSync(enter, [...args, ...command], { encoding: "utf8", input });
  }

  /** What findmnt says of a folder in which something is mounted; empty where nothing is. */
  mounted(column: "SOURCE" | "SIZE", folder: string): string {
    const find = `findmnt --noheadings --bytes --output ${column} --mountpoint '${this.folder}${folder}' || true`;
    return this.inside(["sh", "-c", find]).trim();
  }

  /** Takes everything away. */
  async end(): Promise<void> {
    // The last process in a namespace takes its mounts with it.
    this.#namespace.kill("SIGKILL");
    await once(this.#namespace, "exit");
    for (const disk of this.disks) execFileSync("losetup", ["--detach", disk]);
    this.remove();
  }
}
