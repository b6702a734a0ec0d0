import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const wrappers = new URL("../../../devcloud/openstack/wrappers/", import.meta.url);

/** Runs a wrapper whose real command is a script of the test, and returns the words of each of its calls. */
function callsOf(wrapper: string, realPath: string, real: string, ...words: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "wrapper-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const calls = join(folder, "calls");
  const fake = join(folder, "real");
  writeFileSync(calls, "");
  writeFileSync(fake, `#!/bin/sh\necho "$*" >> ${calls}\n${real}\n`);
  const script = join(folder, wrapper);
  writeFileSync(script, readFileSync(new URL(wrapper, wrappers), "utf8").replaceAll(realPath, fake));
  for (const file of [fake, script]) chmodSync(file, 0o755);
  execFileSync(script, words);
  return readFileSync(calls, "utf8").trimEnd().split("\n");
}

describe("wrappers/ebtables", () => {
  const listing = `case "$*" in *-L*) cat <<'END'
Bridge table: nat

Bridge chain: neutronMAC-tap1, entries: 2, policy: RETURN
-i tap1 --among-src fa:16:3e:9a:5:97 -j RETURN
-j DROP
END
esac`;

  it("deletes a rule with --among-src by its number", () => {
    const words = ["-t", "nat", "--concurrent", "-D", "neutronMAC-tap1", "-i", "tap1", "--among-src", "fa:16:3e:9a:5:97", "-j", "RETURN"];
    expect(callsOf("ebtables", "/usr/sbin/ebtables-nft", listing, ...words)).toEqual([
      "-t nat -L neutronMAC-tap1",
      "-t nat --concurrent -D neutronMAC-tap1 1",
    ]);
  });

  it("passes all other commands on", () => {
    const words = ["-t", "nat", "--concurrent", "-D", "PREROUTING", "-i", "tap1", "-j", "neutronMAC-tap1"];
    expect(callsOf("ebtables", "/usr/sbin/ebtables-nft", listing, ...words)).toEqual([words.join(" ")]);
  });
});

describe("wrappers/losetup", () => {
  const backedBy = (file: string) => `case "$*" in *BACK-FILE*) echo ${file} ;; esac`;

  it("detaches the disk of an instance", () => {
    const real = backedBy("/var/lib/caravan-devcloud/storage/instances/1/disk");
    expect(callsOf("losetup", "/usr/sbin/losetup", real, "--detach", "/dev/loop3")).toEqual([
      "--noheadings --output BACK-FILE /dev/loop3",
      "--detach /dev/loop3",
    ]);
  });

  it("leaves a device alone that now belongs to another program", () => {
    expect(callsOf("losetup", "/usr/sbin/losetup", backedBy("/home/me/disk"), "--detach", "/dev/loop3")).toEqual([
      "--noheadings --output BACK-FILE /dev/loop3",
    ]);
  });

  it("succeeds if the device does not exist", () => {
    expect(callsOf("losetup", "/usr/sbin/losetup", "exit 1", "--detach", "/dev/loop3")).toEqual([
      "--noheadings --output BACK-FILE /dev/loop3",
    ]);
  });
});
