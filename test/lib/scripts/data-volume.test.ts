import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

const scripts = `${readScript("common.sh")}\n${readScript("data-volume.sh")}`;

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("etc/fstab", "UUID=root / ext4 defaults 0 1\nUUID=old /srv/etcd ext4 defaults 0 2\n");
});
afterEach(() => node.remove());

/** Mounts a volume with this exit code of blkid: 0 for a file system, 2 for an empty disk, others for anything else. */
function mount(found: number, more = "") {
  const stubs = `
    volume_device() { [[ $1 == volume-1 ]] && echo /dev/vdb; }
    has_size() { [[ $* == "/dev/vdb 20" ]]; }
    dd() { :; }
    blkid() {
      case $* in
        *TYPE*) echo ext4 ;;
        *UUID*) echo new ;;
        *) return ${found} ;;
      esac
    }
    mkfs.ext4() { record mkfs.ext4 "$@"; }
    mkdir() { :; }
    mount() { record mount "$@"; }
    mountpoint() { return 1; }
    resize2fs() { record resize2fs "$@"; }
    ${more}`;
  return node.run(scripts, "mount_volume volume-1 20 /srv/etcd", {}, stubs);
}

const MOUNTED = ["systemctl daemon-reload", "mount /srv/etcd", "resize2fs /dev/vdb"];

it("formats an empty volume and mounts it, now and at each boot", () => {
  expect(mount(2)).toMatchObject({ code: 0, stderr: "" });
  expect(node.calls).toEqual(["mkfs.ext4 -q /dev/vdb", ...MOUNTED]);
  expect(node.read("etc/fstab")).toBe("UUID=root / ext4 defaults 0 1\nUUID=new /srv/etcd ext4 defaults,nofail 0 2\n");
});

it("keeps the data on a volume", () => {
  expect(mount(0)).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(MOUNTED);
});

it("changes no disk with unknown content", () => {
  expect(mount(8)).toEqual({
    code: 1,
    stdout: "",
    stderr: "web-1: failed: /dev/vdb is neither empty nor one file system; look at it with wipefs\n",
  });
  expect(node.calls).toEqual([]);
});

it("finds a disk by the first twenty characters of the volume's id, and never a partition", () => {
  const id = "11111111-2222-3333-4444-555555555555";
  const links = [`virtio-${id.slice(0, 20)}-part1`, `virtio-${id.slice(0, 20)}`, "virtio-99999999-2222-3333-4"];
  for (const link of links) node.write(`dev/${link}`);
  const moved = scripts.replaceAll("/dev/disk/by-id", `${node.folder}/dev`);
  expect(node.run(moved, `volume_device ${id}`).stdout).toBe(`${node.folder}/dev/virtio-${id.slice(0, 20)}\n`);
  expect(node.run(moved, "volume_device 00000000-0000-0000-0000-000000000000")).toMatchObject({ code: 1, stdout: "" });
});
