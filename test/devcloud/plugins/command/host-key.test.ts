import { afterAll, beforeAll, expect, test } from "vitest";
import { offeredAlgorithms, parseHostKey } from "../../../../devcloud/plugins/command/host-key.ts";
import { openSsh } from "../../../../devcloud/plugins/command/ssh-host.ts";
import { SshServer } from "../support/ssh-server.ts";

let rsa: SshServer;
beforeAll(async () => {
  rsa = await SshServer.create("rsa");
  await rsa.start();
});
afterAll(() => rsa?.stop());

const ED25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIIKiUwxqqNfWKuFZgrN3pTJZ1fFfmbCWPTOJqJdJFOEM";

test.each([`ssh-ed25519 ${ED25519}`, `# comment\n\n  ssh-ed25519\t${ED25519} user@host\n`])("%j is a host key", (line) => {
  expect(parseHostKey(line)).toEqual({ type: "ssh-ed25519", key: Buffer.from(ED25519, "base64") });
});

test.each(["", "ssh-ed25519", ED25519, `192.0.2.1 ssh-ed25519 ${ED25519}`, `ssh-rsa ${ED25519}`, "ssh-ed25519 AAAA", "ssh-ed25519 !!!!"])(
  "%j is no host key",
  (line) => {
    expect(() => parseHostKey(line)).toThrow(/^failed to parse host key: ssh: no key found in /);
  },
);

test("a pinned RSA key offers only SHA-1, which OpenSSH refuses", async () => {
  const { port, privateKey, hostKey } = rsa;
  const host = { host: "127.0.0.1", port, user: "root", privateKey, hostKey, dialErrorLimit: 0, perDialTimeout: 15 };
  expect(offeredAlgorithms(parseHostKey(hostKey))).toEqual(["ssh-rsa"]);
  await expect(openSsh(host, new AbortController().signal)).rejects.toThrow(
    `root@127.0.0.1:${port}: ssh: handshake failed: ssh: no common algorithm for host key; client offered: [ssh-rsa]`,
  );
});
