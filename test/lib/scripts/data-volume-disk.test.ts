import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { canHaveDisks, DiskNode } from "../../support/disk-node.ts";

/** Containers often lack the capability 24 (CAP_SYS_RESOURCE). */
const [, capabilities = "0"] = /^CapEff:\s+(\w+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
const mayGrow = (BigInt(`0x${capabilities}`) >> 24n) % 2n === 1n;

const VOLUME = randomUUID();
const DATA = "/var/lib/etcd";
const FSTAB = "UUID=root / ext4 defaults 0 1\n";
let node: DiskNode;

const mount = (gigabytes = 1, id = VOLUME) => node.call(`mount_volume ${id} ${gigabytes} ${DATA}`);
const mounted = () => node.mounted("SOURCE", DATA);
const fstab = () => node.read("etc/fstab");
const write = (content: string) => node.inside(["tee", `${node.folder}${DATA}/member`], content);
const read = () => node.inside(["cat", `${node.folder}${DATA}/member`]);
const uuid = () => execFileSync("blkid", ["--probe", "--output", "value", "--match-tag", "UUID", node.disks[0]!], { encoding: "utf8" });

describe.skipIf(!canHaveDisks())("a real disk (skipped where there are no loop devices or mount namespaces)", () => {
  beforeEach(async () => {
    node = await DiskNode.create();
    node.write("etc/fstab", FSTAB);
  });
  afterEach(() => node.end());

  it("is formatted and mounted when it is empty, once", () => {
    node.attach(VOLUME);
    expect(mount()).toMatchObject({ code: 0 });
    write("data");
    const before = [fstab(), uuid(), mounted()];
    expect(before).toEqual([`${FSTAB}UUID=${uuid().trim()} ${node.folder}${DATA} ext4 defaults,nofail 0 2\n`, uuid(), node.disks[0]]);

    expect(mount()).toMatchObject({ code: 0 });
    expect([fstab(), uuid(), mounted()]).toEqual(before);
    expect(read()).toBe("data");
  });

  it("keeps its data on another machine", () => {
    node.attach(VOLUME);
    mount();
    write("data");
    node.inside(["umount", `${node.folder}${DATA}`]);
    node.write("etc/fstab");
    expect(mount()).toMatchObject({ code: 0 });
    expect(read()).toBe("data");
  });

  it("is grown only once the machine sees its new size", () => {
    node.attach(VOLUME);
    mount();
    const problem = `failed: timed out after 120 s waiting for the growth of ${node.disks[0]} to 2 GiB`;
    expect(mount(2)).toMatchObject({ code: 1, stderr: expect.stringContaining(problem) });
  });

  it.skipIf(!mayGrow)("grows with its volume while it is in use (skipped without CAP_SYS_RESOURCE, which that takes)", () => {
    node.attach(VOLUME);
    mount();
    write("data");
    const before = Number(node.mounted("SIZE", DATA));
    node.resize(VOLUME, 2);
    expect(mount(2)).toMatchObject({ code: 0 });
    expect(Number(node.mounted("SIZE", DATA))).toBeGreaterThan(1.9 * before);
    expect(read()).toBe("data");
  });

  it.each([
    ["another file system", "mkfs.ext2 -q DISK", "ext2"],
    ["swap space", "mkswap -q DISK", "swap"],
    ["partitions", "echo type=83 | sfdisk --quiet --no-reread --no-tell-kernel DISK", "a partition table"],
  ])("is not changed when it has %s", (_, command, found) => {
    node.attach(VOLUME);
    const [disk = ""] = node.disks;
    execFileSync("sh", ["-c", command.replace("DISK", disk)], { stdio: "ignore" });
    const before = beginning(disk);
    const problem = `${disk} has ${found} on it and not etcd's ext4; if nobody needs that, remove it with: wipefs --all ${disk}`;
    expect(mount()).toEqual({ code: 1, stdout: "", stderr: `web-1: failed: ${problem}\n` });
    expect([mounted(), fstab()]).toEqual(["", FSTAB]);
    expect(beginning(disk)).toEqual(before);
  });

  it("is not formatted when it cannot be read", () => {
    node.attach(VOLUME);
    node.resize(VOLUME, 0);
    expect(mount()).toMatchObject({ code: 1, stderr: expect.stringContaining(`web-1: failed: ${node.disks[0]} cannot be read`) });
    expect([mounted(), fstab()]).toEqual(["", FSTAB]);
  });

  it("does not replace another mounted disk", () => {
    node.attach(VOLUME);
    mount();
    const [before, other] = [fstab(), randomUUID()];
    node.attach(other);
    const [first, second] = node.disks;
    const problem = `${DATA} is on ${first} and not on ${second} of volume ${other}; replace this machine`;
    expect(mount(1, other)).toMatchObject({ code: 1, stderr: `web-1: failed: ${problem}\n` });
    expect([mounted(), fstab()]).toEqual([first, before]);
  });

  it("is waited for, and nothing is mounted instead", () => {
    const problem = `timed out after 120 s waiting for the disk of volume ${VOLUME} under /by-id`;
    expect(mount()).toEqual({ code: 1, stdout: "", stderr: `web-1: failed: ${problem}\n` });
    expect([mounted(), fstab(), node.has("var/lib/etcd")]).toEqual(["", FSTAB, false]);
  });

  it("is unmounted for good when it is removed from the settings, and keeps its data", () => {
    node.attach(VOLUME);
    const hasVolume = () => node.call(`has_volume ${DATA}`).code === 0;
    expect(hasVolume()).toBe(false);
    mount();
    write("data");
    expect(hasVolume()).toBe(true);
    expect(node.call(`unmount_volume ${DATA} && unmount_volume ${DATA}`)).toMatchObject({ code: 0 });
    expect([mounted(), hasVolume()]).toEqual(["", true]);
    expect(node.call(`remove_fstab_entry ${DATA}`)).toMatchObject({ code: 0 });
    expect([hasVolume(), fstab()]).toEqual([false, FSTAB]);
    mount();
    expect(read()).toBe("data");
  });
});

/** Reads the first MiB of a disk. */
function beginning(disk: string): Buffer {
  const file = openSync(disk, "r");
  const bytes = Buffer.alloc(2 ** 20);
  readSync(file, bytes);
  closeSync(file);
  return bytes;
}
