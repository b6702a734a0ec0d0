import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createSshKey } from "../../../lib/ssh/key.ts";

const folder = mkdtempSync(join(tmpdir(), "ssh-key-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("writes the private key as the PEM that every SSH library reads", () => {
  expect(createSshKey("demo").privateKey).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n[\s\S]*-----END EC PRIVATE KEY-----\n$/);
});

it("writes the public key as OpenSSH derives it from the private one", () => {
  // Half of all keys have a coordinate whose first bits are zero, so several keys show that the lengths are right.
  for (let round = 0; round < 8; round++) {
    const { privateKey, publicKey } = createSshKey("demo cluster");
    const file = join(folder, `key-${round}`);
    writeFileSync(file, privateKey, { mode: 0o600 });
    const derived = execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" }).trim();
    expect(publicKey).toBe(`${derived} demo cluster`);
  }
});

it("makes another key each time", () => {
  expect(createSshKey("demo").publicKey).not.toBe(createSshKey("demo").publicKey);
});
