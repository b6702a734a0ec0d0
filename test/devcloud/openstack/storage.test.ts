import { expect, it } from "vitest";
import { devicesOn } from "../../../devcloud/openstack/storage.ts";

const device = (name: string, number: string, under: string, file: string) => ({
  name,
  "maj:min": `  ${number}  `,
  "back-maj:min": ` ${under}  `,
  "back-file": file,
});

it("finds the loop devices of disks in the file system of a file, including deleted ones, and no others", () => {
  const loopdevices = [
    device("/dev/loop1", "7:1", "7:0", "/instances/5de65750_del/disk (deleted)"),
    device("/dev/loop8", "7:8", "7:0", "/var/lib/cloud/storage/instances/45098c47/disk"),
    device("/dev/loop0", "7:0", "254:0", "/var/lib/cloud/storage.xfs"),
    device("/dev/loop9", "7:9", "254:0", "/home/somebody/disk"),
  ];
  const list = JSON.stringify({ loopdevices });
  expect(devicesOn(list, "/var/lib/cloud/storage.xfs")).toEqual(["/dev/loop1", "/dev/loop8"]);
  expect(devicesOn(list, "/var/lib/other/storage.xfs")).toEqual([]);
  expect(devicesOn("", "/var/lib/cloud/storage.xfs")).toEqual([]);
});
