import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { consoleKeys } from "../../../lib/ssh/console-keys.ts";

const folder = mkdtempSync(join(tmpdir(), "console-"));
const [ecdsa, ed25519, rsa] = ["ecdsa", "ed25519", "rsa"].map((type) => {
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "root@web-0", "-f", join(folder, type)]);
  return readFileSync(join(folder, `${type}.pub`), "utf8").trim();
}) as [string, string, string];
rmSync(folder, { recursive: true });
const bare = (key: string) => key.split(" ").slice(0, 2).join(" ");

const log = (...lines: string[]) =>
  [
    "[    0.000000] Linux version 6.1.0-28-cloud-amd64",
    "ci-info: | ens3 | True | 10.40.0.20 | 255.255.0.0 |",
    "<14>Nov 27 15:00:00 cloud-init: -----BEGIN SSH HOST KEY FINGERPRINTS-----",
    "<14>Nov 27 15:00:00 cloud-init: 256 SHA256:AAAA root@web-0 (ED25519)",
    "<14>Nov 27 15:00:00 cloud-init: -----END SSH HOST KEY FINGERPRINTS-----",
    "-----BEGIN SSH HOST KEY KEYS-----",
    ...lines,
    "-----END SSH HOST KEY KEYS-----",
    "[   20.1] cloud-init[801]: Cloud-init v. 22.4.2 finished at Fri, 27 Nov 2026 15:00:01 +0000. Up 20.1 seconds",
  ].join("\r\n");

it("finds keys of all types, however lines begin and end", () => {
  expect(consoleKeys(log(ecdsa, `[   19.9] cloud-init[801]: ${ed25519}`, rsa))).toEqual([ecdsa, ed25519, rsa].map(bare));
});

it("returns the keys of every boot, each once", () => {
  expect(consoleKeys(log(ecdsa) + log(ecdsa, rsa))).toEqual([ecdsa, rsa].map(bare));
});

it("leaves out keys that the kernel wrote into, and unfinished ones", () => {
  const torn = `${ed25519.slice(0, 40)}[   20.0] IPv6: eth0: link becomes ready`;
  expect(consoleKeys(log(torn, ecdsa))).toEqual([bare(ecdsa)]);
  expect(consoleKeys(log(ecdsa).split("-----END SSH HOST KEY KEYS")[0]!)).toEqual([]);
});

it("does not mistake other text for a key", () => {
  expect(consoleKeys("")).toEqual([]);
  expect(consoleKeys(`authorized: ${rsa}`)).toEqual([]);
  expect(consoleKeys(log("ssh-ed25519 AAAA", ecdsa.replace("ecdsa-sha2-nistp256", "ssh-ed25519")))).toEqual([]);
});
