import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { serveAnswers } from "../../../components/ssh/program-answers.ts";
import { scriptFromInput } from "../../../lib/node/shell.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import { takeIntoAccount } from "../../../operations/machines/found-machines.ts";
import { deploy } from "../../support/deploy.ts";
import type { FakeOpenStack } from "../../support/fake-openstack.ts";
import { fanOut, type Host, type Order } from "../../support/fan-out.ts";
import { freePort } from "../../support/free-port.ts";
import { startSignedIn } from "../../support/signed-in.ts";
import { SshServer } from "../../support/ssh-server.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Program that answers, real machines, and fan-outs that ask. */
const root = mkdtempSync(join(tmpdir(), "ssh-program-"));
const ID = "4e03048e-69bb-49a7-80da-5cd5caffa6d1";
const OTHER_ID = "5f14159f-70cc-40b8-91eb-6de6dbffb7e2";
let machine: SshServer;
let cloud: FakeOpenStack;
let ssh: Order["ssh"];
let publicKey: string;

beforeAll(async () => {
  const key = createSshKey("test");
  publicKey = key.publicKey;
  const port = await freePort();
  machine = await SshServer.start({ folder: join(root, "one"), address: "127.0.0.1", port, publicKey });
  ssh = { user: "root", port, privateKey: key.privateKey };
});
afterAll(async () => {
  await machine.stop();
  rmSync(root, { recursive: true });
});
beforeEach(async () => {
  cloud = await startSignedIn();
  serveAnswers(ssh.privateKey, {});
  rmSync(join(root, "secret"), { force: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  cloud.stop();
});

const log = (...keys: string[]) => ["-----BEGIN SSH HOST KEY KEYS-----", ...keys, "-----END SSH HOST KEY KEYS-----"].join("\n");
const host = (rest: Partial<Host> = {}): Host => ({ name: "web-0", id: ID, address: machine.address, ...rest });
const work = (script: string, deadline = 20) => ({ command: scriptFromInput("root", deadline), script, input: "", deadline });
const run = (changes: Partial<Order> = {}) => fanOut({ ssh, hosts: [host()], ...work("true"), ...changes });

it("logs nothing about a machine whose console shows the same key, and asks once", async () => {
  cloud.consoles.set(ID, log("ssh-rsa AAAA", `${machine.hostKey} root@web-0`));
  const { code, lines, stderr } = await run();
  expect({ code, lines }).toMatchObject({ code: 0, lines: [{ name: "web-0", hostKey: machine.hostKey }] });
  expect(stderr).toMatch(/^web-0: done in \d+ s\n$/);
  expect(cloud.requests).toEqual(["POST /v3/auth/tokens", `POST /compute/servers/${ID}/action`]);
});

it("refuses a machine whose console shows another key, and keeps no result of it", async () => {
  const { publicKey: other } = createSshKey("web-0");
  cloud.consoles.set(ID, log(other));
  const { code, lines, stderr } = await run();
  expect({ code, lines }).toEqual({ code: 1, lines: [] });
  expect(stderr).toMatch(
    /^web-0 \(127\.0\.0\.1\): refused: its SSH host key is SHA256:\S{43} \(ecdsa-sha2-nistp256\), but its console shows SHA256:\S{43} \(\S+\)\. .*--replace`\n$/,
  );
});

it("sends such a machine no secret, even when it is to join later", async () => {
  cloud.consoles.set(ID, log(createSshKey("web-0").publicKey));
  const secret = work(`echo credential >${root}/secret`);
  const { code } = await run({ hosts: [host({ unprepared: true })], preparation: { ...work("true"), patience: 10 }, ...secret });
  expect({ code, sent: existsSync(join(root, "secret")) }).toEqual({ code: 1, sent: false });
  cloud.consoles.set(ID, log(machine.hostKey));
  const again = await run({ hosts: [host({ unprepared: true })], preparation: { ...work("true"), patience: 10 }, ...secret });
  expect({ code: again.code, sent: existsSync(join(root, "secret")) }).toEqual({ code: 0, sent: true });
});

it("requests no console of a machine whose key is known", async () => {
  expect((await run({ hosts: [host({ hostKey: machine.hostKey })] })).code).toBe(0);
  expect(cloud.requests).toEqual([]);
});

it("logs one line for all keys that were trusted without a console log", async () => {
  cloud.refusals.set(`/compute/servers/${ID}/action`, [403]);
  cloud.refusals.set(`/compute/servers/${OTHER_ID}/action`, [403]);
  const { code, stderr } = await run({ hosts: [host(), host({ name: "web-1", id: OTHER_ID }), host({ name: "dgx-1", id: "dgx-1" })] });
  expect(code).toBe(0);
  expect(stderr.match(/^SSH host keys.*$/gm)?.sort()).toEqual([
    "SSH host keys trusted as they were shown at first contact, of 1 machine: OpenStack did not make them for this stack; give their hostKey",
    expect.stringMatching(
      /^SSH host keys trusted as they were shown at first contact, of 2 machines: the cloud gives no console log \(POST .*: 403 /,
    ),
  ]);
});

it("logs it, too, when no program answers", async () => {
  const key = createSshKey("nobody serves this");
  const other = await SshServer.start({ folder: join(root, "two"), address: "127.0.0.2", port: ssh.port, publicKey: key.publicKey });
  const { code, stderr } = await run({ ssh: { ...ssh, privateKey: key.privateKey }, hosts: [host({ address: other.address })] });
  await other.stop();
  expect(code).toBe(0);
  expect(stderr).toContain("of 1 machine: nobody could be asked for a console log\n");
});

it("does not wait for a machine that the program knows not to run, and logs why", async () => {
  const urn = "urn:pulumi:prod::caravan::openstack:compute/instance:Instance::web-1";
  await deploy(() => {
    vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(false);
    takeIntoAccount({
      troubles: [{ urn, id: OTHER_ID, name: "web-1", role: "worker", status: "SHUTOFF", isReplaced: false, floatingIps: ["127.0.0.8"] }],
      triggers: new Map(),
    });
  });
  vi.restoreAllMocks();
  const gone = host({ name: "web-1", id: OTHER_ID, address: "127.0.0.9", hostKey: "ssh-ed25519 AAAA" });
  const result = await run({ hosts: [host({ hostKey: machine.hostKey }), gone], ...work("true", 600) });
  expect(result).toMatchObject({ code: 1, lines: [{ name: "web-0" }] });
  expect(result.stderr).toContain(
    `web-1 (127.0.0.9): does not run, OpenStack says SHUTOFF; have it run with \`openstack server start ${OTHER_ID}\`, or replace it with \`pulumi up --replace '${urn}'\`\n`,
  );
  expect(result.seconds).toBeLessThan(30);

  // Nothing listens there, so the machine behind it cannot be reached either.
  const bastion = { host: "127.0.0.8", hostKey: machine.hostKey };
  const beyond = await run({ ssh: { ...ssh, bastion }, hosts: [host()], ...work("true", 600) });
  expect(beyond).toMatchObject({ code: 1, lines: [] });
  expect(beyond.stderr).toContain(
    `web-0 (127.0.0.1): the way to it leads through worker web-1 (${OTHER_ID}): does not run, OpenStack says SHUTOFF; have it run with `,
  );
  expect(beyond.seconds).toBeLessThan(30);
});
