import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readScript } from "../../../lib/node-scripts.ts";
import { ScriptedNode, type ScriptResult } from "../../support/scripted-node.ts";

/** Disks are files behind loop devices, and what is mounted is seen in a mount namespace alone: both are root's, and not every container's. */
const hasDisks = spawnSync("sh", ["-c", "losetup --find && unshare --mount true"]).status === 0;

/** Containers often lack the capability 24. */
const [, capabilities = "0"] = /^CapEff:\s+(\w+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
const mayGrow = (BigInt(`0x${capabilities}`) >> 24n) % 2n === 1n;

const VOLUME = randomUUID();
const GIB = 2 ** 30;
const DATA = "/var/lib/etcd";

let namespace: ChildProcess;
let node: ScriptedNode;
let loops: string[];

describe.skipIf(!hasDisks)("a real disk (skipped where there are no loop devices or mount namespaces)", () => {
  beforeEach(async () => {
    namespace = spawn("unshare", ["--mount", "sh", "-c", "echo entered; exec sleep infinity"], { stdio: ["ignore", "pipe", "inherit"] });
    // Until then, it is in the namespace of everybody.
    await once(namespace.stdout!, "data");
    node = new ScriptedNode(["nsenter", `--mount=/proc/${namespace.pid}/ns/mnt`]);
    loops = [];
    node.write("etc/fstab", "UUID=root / ext4 defaults 0 1\n");
    mkdirSync(join(node.folder, "by-id"));
  });
  afterEach(async () => {
    // The last process in a namespace takes its mounts with it.
    namespace.kill("SIGKILL");
    await once(namespace, "exit");
    for (const loop of loops) execFileSync("losetup", ["--detach", loop]);
    node.remove();
  });

  it("is formatted and mounted when nothing is on it, once", () => {
    attach(VOLUME);
    expect(mount()).toMatchObject({ code: 0 });
    write("member", "data");
    const [fstab, uuid] = [node.read("etc/fstab"), blkid("UUID")];
    expect(fstab).toBe(`UUID=root / ext4 defaults 0 1\nUUID=${uuid} ${node.folder}${DATA} ext4 defaults,nofail 0 2\n`);
    expect(mounted()).toBe(loops[0]);

    expect(mount()).toMatchObject({ code: 0 });
    expect([node.read("etc/fstab"), blkid("UUID"), read("member"), mounted()]).toEqual([fstab, uuid, "data", loops[0]]);
  });

  it("brings its data to another machine", () => {
    attach(VOLUME);
    mount();
    write("member", "data");
    inside(["umount", `${node.folder}${DATA}`]);
    node.write("etc/fstab");
    expect(mount()).toMatchObject({ code: 0 });
    expect(read("member")).toBe("data");
  });

  it("is not taken for a larger one before the machine sees its growth", () => {
    attach(VOLUME);
    mount();
    const problem = `failed: the growth of ${loops[0]} to 2 GiB did not happen within 120 s`;
    expect(mount(2)).toMatchObject({ code: 1, stderr: expect.stringContaining(problem) });
  });

  it.skipIf(!mayGrow)("grows with its volume while it is in use (skipped without CAP_SYS_RESOURCE, which that takes)", () => {
    const file = attach(VOLUME);
    mount();
    write("member", "data");
    const before = size();
    truncateSync(file, 2 * GIB);
    execFileSync("losetup", ["--set-capacity", loops[0]!]);
    expect(mount(2)).toMatchObject({ code: 0 });
    expect(size()).toBeGreaterThan(1.9 * before);
    expect(read("member")).toBe("data");
  });

  it.each([
    ["another file system", "mkfs.ext2 -q DISK", "ext2"],
    ["swap space", "mkswap -q DISK", "swap"],
    ["partitions", "echo type=83 | sfdisk --quiet --no-reread --no-tell-kernel DISK", "a partition table"],
  ])("is left alone when it has %s", (_, command, found) => {
    attach(VOLUME);
    execFileSync("sh", ["-c", command.replace("DISK", loops[0]!)], { stdio: "ignore" });
    const before = beginning();
    expect(mount()).toEqual({
      code: 1,
      stdout: expect.any(String),
      stderr: `web-1: failed: ${loops[0]} has ${found} on it and not etcd's ext4; if nobody needs that, remove it with: wipefs --all ${loops[0]}\n`,
    });
    expect(beginning()).toEqual(before);
    expect(mounted()).toBe("");
    expect(node.read("etc/fstab")).toBe("UUID=root / ext4 defaults 0 1\n");
  });

  it("is not taken for empty when it cannot be read", () => {
    const file = attach(VOLUME);
    truncateSync(file, 0);
    expect(mount()).toMatchObject({ code: 1, stderr: expect.stringContaining(`web-1: failed: ${loops[0]} cannot be read`) });
    expect(mounted()).toBe("");
  });

  it("does not come in the place of another disk that is in use", () => {
    attach(VOLUME);
    mount();
    const [fstab, other] = [node.read("etc/fstab"), randomUUID()];
    attach(other);
    const [first, second] = loops;
    const problem = `${DATA} is on ${first} and not on ${second} of volume ${other}; replace this machine`;
    expect(mount(1, other)).toMatchObject({ code: 1, stderr: `web-1: failed: ${problem}\n` });
    expect([mounted(), node.read("etc/fstab")]).toEqual([first, fstab]);
  });

  it("is waited for, and nothing is in its place", () => {
    expect(mount()).toEqual({
      code: 1,
      stdout: "",
      stderr: `web-1: failed: the disk of volume ${VOLUME} under /by-id did not happen within 120 s\n`,
    });
    expect(mounted()).toBe("");
    expect(node.has("var/lib/etcd")).toBe(false);
  });

  it("is mounted no more when it is given up, and keeps what is on it", () => {
    attach(VOLUME);
    const hasVolume = () => call(`has_volume ${DATA}`).code === 0;
    expect(hasVolume()).toBe(false);
    mount();
    write("member", "data");
    expect(hasVolume()).toBe(true);
    expect(call(`unmount_volume ${DATA} && unmount_volume ${DATA}`)).toMatchObject({ code: 0 });
    expect([mounted(), hasVolume()]).toEqual(["", true]);
    expect(call(`forget_volume ${DATA}`)).toMatchObject({ code: 0 });
    expect([hasVolume(), node.read("etc/fstab")]).toEqual([false, "UUID=root / ext4 defaults 0 1\n"]);
    mount();
    expect(read("member")).toBe("data");
  });
});

/** Attaches a volume of 1 GiB; its file is told. */
function attach(id: string): string {
  const file = join(node.folder, id);
  node.write(id);
  truncateSync(file, GIB);
  const loop = execFileSync("losetup", ["--find", "--show", file], { encoding: "utf8" }).trim();
  loops.push(loop);
  symlinkSync(loop, join(node.folder, "by-id", `virtio-${id.slice(0, 20)}`));
  return file;
}

function call(line: string): ScriptResult {
  const script = `${readScript("common.sh")}\n${readScript("data-volume.sh")}`.replaceAll("/dev/disk/by-id", `${node.folder}/by-id`);
  const stubs = 'sleep() { SECONDS=$((SECONDS + 30)); }\nmount() { command mount --fstab /etc/fstab "$@"; }';
  return node.run(script, line, {}, stubs);
}

function mount(gigabytes = 1, id = VOLUME): ScriptResult {
  return call(`mount_volume ${id} ${gigabytes} ${DATA}`);
}

/** Runs a command where the disks are mounted. */
function inside(command: readonly string[], input?: string): string {
  return execFileSync("nsenter", [`--mount=/proc/${namespace.pid}/ns/mnt`, ...command], {
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
}

function write(name: string, content: string): void {
  inside(["tee", `${node.folder}${DATA}/${name}`], content);
}

function read(name: string): string {
  return inside(["cat", `${node.folder}${DATA}/${name}`]);
}

/** The disk on which the data are; empty if they are on the machine's own. */
function mounted(): string {
  const { stdout } = spawnSync(
    "nsenter",
    [`--mount=/proc/${namespace.pid}/ns/mnt`, "findmnt", "--noheadings", "--output", "SOURCE", "--mountpoint", `${node.folder}${DATA}`],
    { encoding: "utf8" },
  );
  return stdout.trim();
}

/** Bytes of the file system. */
function size(): number {
  return Number(inside(["findmnt", "--noheadings", "--bytes", "--output", "SIZE", "--mountpoint", `${node.folder}${DATA}`]));
}

function blkid(tag: string): string {
  return execFileSync("blkid", ["--probe", "--output", "value", "--match-tag", tag, loops[0]!], { encoding: "utf8" }).trim();
}

/** The first MiB of the disk. */
function beginning(): Buffer {
  const disk = openSync(loops[0]!, "r");
  const bytes = Buffer.alloc(2 ** 20);
  readSync(disk, bytes);
  closeSync(disk);
  return bytes;
}
