import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { BASTION_MAX_STARTUPS, bastionFiles, checkBastion } from "../../../lib/ssh/bastion.ts";
import { machine } from "../../support/cluster-args.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (bastion: Parameters<typeof checkBastion>[0]) => problemsOf((problems) => checkBastion(bastion, problems));

it("has settings that a real sshd applies, whatever other files set", () => {
  const folder = mkdtempSync(join(tmpdir(), "bastion-"));
  const file = join(folder, "config");
  const [first, last] = bastionFiles(2222);
  mkdirSync("/run/sshd", { recursive: true });
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "key")]);
  writeFileSync(file, `HostKey ${folder}/key\n${first!.content}\nMaxStartups 200:30:400\nMaxSessions 200\n${last!.content}`);
  const inForce = execFileSync("/usr/sbin/sshd", ["-T", "-f", file], { encoding: "utf8" }).split("\n");
  rmSync(folder, { recursive: true });
  expect(inForce).toEqual(
    expect.arrayContaining([
      `maxstartups ${BASTION_MAX_STARTUPS}`,
      "maxsessions 100",
      "logingracetime 60",
      "usedns no",
      "passwordauthentication no",
      "kbdinteractiveauthentication no",
      "allowtcpforwarding local",
      "permitopen *:2222",
      "allowstreamlocalforwarding no",
      "allowagentforwarding no",
      "x11forwarding no",
      "permittunnel no",
    ]),
  );
});

it("accepts a machine and networks", () => {
  expect(check({ machine, allowedCidrs: ["198.51.100.0/24"] })).toEqual([]);
});

it("names all problems", () => {
  expect(check({ machine: { volume: { size: 0 } }, allowedCidrs: [] })).toEqual([
    "machine.volume.size: 0 is not a size of a volume; use whole GiB from 1 to 2147483647",
    'allowedCidrs: is empty, so nobody could reach the bastion; name the networks of its users, like ["198.51.100.0/24"]',
  ]);
});
