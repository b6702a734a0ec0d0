import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { scriptFromInput } from "../../../lib/node/shell.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import { type FanOutResult, fanOut, type Host, type Order, type Work } from "../../support/fan-out.ts";
import { freePort } from "../../support/free-port.ts";
import { SshServer } from "../../support/ssh-server.ts";

// Dozens of logins, each of which is slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const root = mkdtempSync(join(tmpdir(), "fan-out-"));
const { privateKey, publicKey } = createSshKey("test");
const secret = privateKey.split("\n")[1]!;
let one: SshServer;
let other: SshServer;
let folder: string;
let temporary: string;

beforeAll(async () => {
  const port = await freePort();
  one = await SshServer.start({ folder: join(root, "one"), address: "127.0.0.1", port, publicKey });
  other = await SshServer.start({ folder: join(root, "other"), address: "127.0.0.2", port, publicKey });
});
afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  rmSync(root, { recursive: true });
});

beforeEach(() => {
  folder = mkdtempSync(join(root, "test-"));
  temporary = join(folder, "temporary");
  mkdirSync(temporary);
});
afterEach(() => expect(readdirSync(temporary)).toEqual([]));

const web0 = (): Host => ({ name: "web-0", id: "id-0", address: one.address });
const web1 = (): Host => ({ name: "web-1", id: "id-1", address: other.address });
const nobody: Host = { name: "gone", id: "id-9", address: "127.0.0.9", hostKey: "ssh-ed25519 AAAA" };

/** Reason why `nobody` is not reached, without the port, which is another one in each run. */
const REFUSED = "no SSH within 0 s: ssh: connect to host 127.0.0.9 port N: Connection refused";
const withoutPort = (text: string) => text.replaceAll(/port \d+/g, "port N");

/** Writes a note of the machine that ran it. All machines share the folder, because they are one machine. */
const note = (what = "done") => `echo "${what} $NODE_NAME $NODE_ADDRESS $INSTANCE_ID $TEXT" >>${folder}/notes`;
const notes = () => (existsSync(`${folder}/notes`) ? readFileSync(`${folder}/notes`, "utf8").trimEnd().split("\n").sort() : []);

/** Makes a script with its command and deadline. */
function work(script: string, input = "", deadline = 20): Work {
  return { command: scriptFromInput("root", deadline), script, input, deadline };
}

function order(changes: Partial<Order> = {}): Order {
  const ssh = { user: "root", port: one.port, privateKey };
  return { ssh, hosts: [web0(), web1()], ...work(note(), "TEXT='for all'\n"), ...changes };
}

const run = (changes: Partial<Order> = {}, options: Parameters<typeof fanOut>[1] = {}) => fanOut(order(changes), { temporary, ...options });

it("runs the script on every machine, and keeps the host key of each in the output", async () => {
  const result = await run();
  const digest = digestOf(order());
  expect(result).toMatchObject({
    code: 0,
    lines: [
      { name: "web-0", id: "id-0", hostKey: one.hostKey, digest },
      { name: "web-1", id: "id-1", hostKey: other.hostKey, digest },
    ],
  });
  expect(result.stderr.replaceAll(/\d+ s/g, "N s").split("\n").sort()).toEqual([
    "",
    "SSH host keys trusted as they were shown at first contact, of 2 machines: OpenStack did not make them for this stack; give their hostKey",
    "web-0: done in N s",
    "web-1: done in N s",
  ]);
  expect(notes()).toEqual(["done web-0 127.0.0.1 id-0 for all", "done web-1 127.0.0.2 id-1 for all"]);
});

it("skips machines that have run the same script and input", async () => {
  const before = remembered(web0(), "the key of then", digestOf(order()));
  const result = await run({}, { before });
  expect(result.lines).toMatchObject([JSON.parse(before), { name: "web-1", hostKey: other.hostKey }]);
  expect(notes()).toEqual(["done web-1 127.0.0.2 id-1 for all"]);
});

it("runs again, with the same key, when the input changed", async () => {
  const before = remembered(web0(), one.hostKey, digestOf(order()));
  const changed = order({ hosts: [web0()], input: "TEXT=again\n" });
  const result = await run(changed, { before });
  expect(result.lines).toEqual([{ name: "web-0", id: "id-0", hostKey: one.hostKey, digest: digestOf(changed) }]);
  expect(notes()).toEqual(["done web-0 127.0.0.1 id-0 again"]);
});

it("runs once on a machine that needs it only once, and again after a failure", async () => {
  const first = await run({ once: true, hosts: [web0()] });
  const again = await run({ once: true, input: "TEXT='new'\n", tolerant: true, hosts: [web0(), nobody] }, { before: first.stdout });
  expect(again.stdout).toContain(first.stdout);
  expect(again.stdout).toContain('"unprepared":true');
  expect(notes()).toEqual(["done web-0 127.0.0.1 id-0 for all"]);
  const last = await run(
    { once: true, hosts: [web0(), { ...web1(), id: nobody.id }] },
    { before: again.stdout.replace(/,"hostKey":"ssh-ed25519 AAAA"/, "") },
  );
  expect(last).toMatchObject({ code: 0 });
  expect(notes()).toEqual(["done web-0 127.0.0.1 id-0 for all", "done web-1 127.0.0.2 id-9 for all"]);
});

it.each(["ecdsa", "ed25519"] as const)("refuses a machine with another host key, now %s, at once and by name", async (hostKeyType) => {
  const before = remembered(web0(), one.hostKey);
  const impostor = await SshServer.start({
    folder: join(folder, "impostor"),
    address: "127.0.0.3",
    port: one.port,
    publicKey,
    hostKeyTypes: [hostKeyType],
  });
  const result = await run({ hosts: [{ ...web0(), address: impostor.address }] }, { before });
  await impostor.stop();
  expect(result).toMatchObject({ code: 1, lines: [] });
  expect(result.stderr).toMatch(
    /^web-0 \(127\.0\.0\.3\): refused: its SSH host key is not the one that was learnt when the machine was made\. /,
  );
  expect(result.seconds).toBeLessThan(order().deadline);
  expect(impostor.logins).toBe(0);
});

it("keeps the result of an absent machine, and of no other", async () => {
  const records = ["c-web-1-aaaaaaa", "c-web-11-bbbbbbb"].map((name) => remembered({ ...web0(), name, id: name }, one.hostKey));
  const result = await run({ hosts: [], absent: ["c-web-1"] }, { before: records.join("\n") });
  expect(result).toMatchObject({ code: 0, lines: [JSON.parse(records[0]!)] });
});

it("learns the host key of a new machine of the same name", async () => {
  const before = remembered(web0(), one.hostKey);
  const result = await run({ hosts: [{ ...web0(), id: "id-2", address: other.address }] }, { before });
  expect(result).toMatchObject({ code: 0, lines: [{ name: "web-0", id: "id-2", hostKey: other.hostKey }] });
});

it("accepts only the given host key", async () => {
  const result = await run({
    hosts: [
      { ...web0(), hostKey: one.hostKey },
      { ...web1(), hostKey: one.hostKey },
    ],
  });
  expect(result).toMatchObject({ code: 1, lines: [{ name: "web-0", hostKey: one.hostKey }] });
  expect(result.stderr).toContain("web-1 (127.0.0.2): refused: its SSH host key is not the one");
});

it("names a machine whose script fails, and completes the others", async () => {
  const result = await run({ script: `${note()}; echo "on $NODE_NAME"; [[ $NODE_NAME != web-0 ]] || { echo no disk >&2; exit 7; }` });
  expect(result).toMatchObject({ code: 1, lines: [{ name: "web-1" }] });
  expect(result.stderr).toContain("no disk\nweb-0 (127.0.0.1): failed with exit code 7; its last lines are above\n");
});

it("ends a hanging script at the deadline, on the machine, too, and names the machine", async () => {
  const script = `${note()}; [[ $NODE_NAME != web-0 ]] || { sleep 6; touch ${folder}/went-on; }`;
  const result = await run(work(script, "", 3));
  expect(result).toMatchObject({ code: 1, lines: [{ name: "web-1" }] });
  expect(result.stderr).toContain("web-0 (127.0.0.1): not done within 3 s; its last lines are above\n");
  expect(result.seconds).toBeLessThan(10);
  await sleep(Math.max(0, 8 - result.seconds) * 1000);
  expect(existsSync(`${folder}/went-on`)).toBe(false);
});

it("gives up a machine that does not answer, and logs why", async () => {
  const result = await run({ hosts: [{ ...nobody, name: "web-0" }], deadline: 0 });
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toBe(`web-0 (127.0.0.9): no SSH within 0 s: ssh: connect to host 127.0.0.9 port ${one.port}: Connection refused\n`);
});

it("waits for a machine that has not booted yet, and logs in once", async () => {
  const args = { folder: join(folder, "late"), address: "127.0.0.5", port: one.port, publicKey };
  const starting = sleep(2000).then(() => SshServer.start(args));
  const result = await run({ hosts: [{ ...web0(), address: args.address }] });
  const late = await starting;
  await late.stop();
  expect(result).toMatchObject({ code: 0, lines: [{ name: "web-0", hostKey: late.hostKey }] });
  expect([late.logins, notes()]).toEqual([1, ["done web-0 127.0.0.5 id-0 for all"]]);
});

it("runs nothing a second time when the connection is lost", async () => {
  const script = `${note()}; kill -KILL $(ps -o ppid= $PPID)`;
  const result = await run({ hosts: [web0()], script });
  expect(result).toMatchObject({ code: 1, lines: [] });
  expect(result.stderr).toContain("web-0 (127.0.0.1): failed with exit code 255; its last lines are above\n");
  expect(notes()).toEqual(["done web-0 127.0.0.1 id-0 for all"]);
});

it("runs on more machines than its concurrency limit", async () => {
  const hosts = Array.from(
    { length: 40 },
    (_, key): Host => ({ name: `web-${key}`, id: `id-${key}`, address: nobody.address, hostKey: one.hostKey }),
  );
  const before = hosts.map((host) => remembered(host, one.hostKey, digestOf(order()))).join("\n");
  const result = await run({ hosts: [...hosts, { ...web0(), id: "id-new" }] }, { before });
  expect(result).toMatchObject({ code: 0 });
  expect(result.lines).toHaveLength(41);
});

it("limits concurrent logins, together with all other fan-outs on this machine, but not open sessions", async () => {
  const hosts = (batch: number) => [0, 1, 2].map((key): Host => ({ ...web0(), name: `web-${batch}-${key}`, id: `id-${batch}-${key}` }));
  const script = `echo in >>${folder}/sessions; while [ "$(grep -c in ${folder}/sessions)" -lt 6 ]; do sleep 0.1; done`;
  const results = await Promise.all([0, 1].map((batch) => run({ hosts: hosts(batch), ...work(script) }, { logins: "1" })));
  expect(results.map(({ code }) => code)).toEqual([0, 0]);
});

it("waits with a login while others are at the limit", async () => {
  const silent = createServer().listen(one.port, "127.0.0.6");
  await once(silent, "listening");
  const stuck = run({ hosts: [{ ...web0(), name: "silent", address: "127.0.0.6" }], deadline: 0 }, { logins: "1" });
  const [connection] = (await once(silent, "connection")) as [Socket];
  const waiting = run({ hosts: [web0()] }, { logins: "1" });
  await sleep(1500);
  expect(notes()).toEqual([]);
  silent.close();
  connection.destroy();
  expect(await stuck).toMatchObject({ code: 1 });
  expect(await waiting).toMatchObject({ code: 0 });
});

it("refuses a bad limit of logins, and names the allowed numbers", async () => {
  expect(await run({}, { logins: "many" })).toMatchObject({
    code: 1,
    stderr: 'CARAVAN_SSH_LOGINS is "many": set it to a whole number from 1 to 9999, or not at all\n',
  });
});

it("runs `afterwards` on the first control plane that answers, once all machines are done", async () => {
  const hosts = [nobody, { ...web1(), name: "control-plane-1", hostKey: other.hostKey }, { ...web0(), hostKey: one.hostKey }];
  const script = `echo "after $NODE_NAME: $(sort ${folder}/notes | tr '\\n' '|') $WANTED_NODES" >>${folder}/after`;
  const afterwards = { hosts, ...work(script, "WANTED_NODES='web-0 web-1'\n") };
  expect(await run({ afterwards })).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, "after"), "utf8")).toBe(
    "after control-plane-1: done web-0 127.0.0.1 id-0 for all|done web-1 127.0.0.2 id-1 for all| web-0 web-1\n",
  );
});

it("gives each machine the assignments of `beforehand`, and to no other", async () => {
  const gift = (name: string) => `printf '%s %s\\n' ${name} "$(printf 'TEXT=for-${name}\\n' | base64 --wrap 0)"`;
  const script = `echo "$NODE_NAME got $MACHINES" | tr '\\n' '|' >${folder}/asked; ${gift("web-0")}; ${gift("web-1")}; ${gift("web-9")}; echo; echo said >&2`;
  const beforehand = { hosts: [nobody, { ...web0(), name: "control-plane", hostKey: one.hostKey }], ...work(script), patience: 0 };
  const logins = one.logins;
  const result = await run({ beforehand, script: note(), input: "" }, { watch: true });
  expect(result).toMatchObject({ code: 0, lines: [{ name: "web-0" }, { name: "web-1" }] });
  expect(readFileSync(join(folder, "asked"), "utf8")).toBe("control-plane got web-0 id-0 127.0.0.1|web-1 id-1 127.0.0.2|");
  expect(notes()).toEqual(["done web-0 127.0.0.1 id-0 for-web-0", "done web-1 127.0.0.2 id-1 for-web-1"]);
  expect(one.logins - logins).toBe(2);
  for (const text of [result.stdout, result.stderr, result.commandLines]) expect(text).not.toContain("for-web");
  const again = await run({ beforehand: { ...beforehand, script: "exit 1" }, script: note(), input: "" }, { before: result.stdout });
  expect(again).toMatchObject({ code: 0, lines: result.lines });
});

it("runs `beforehand` only for machines that need their script", async () => {
  const before = remembered(web0(), one.hostKey, digestOf(order()));
  const beforehand = { hosts: [{ ...web0(), name: "control-plane", hostKey: one.hostKey }], ...work(`echo "$MACHINES" >${folder}/asked`) };
  expect(await run({ beforehand: { ...beforehand, patience: 0 } }, { before })).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, "asked"), "utf8")).toBe("web-1 id-1 127.0.0.2\n");
});

it.each([
  ["no control plane answers", [nobody], "true", `none of these answers over SSH: gone (${REFUSED})\n`],
  ["the script fails", [], "echo no CA >&2; exit 1", "no CA\nfailed with exit code 1; its last lines are above\n"],
])("does nothing on machines when %s in `beforehand`", async (_, others, script, stderr) => {
  const hosts = others.length > 0 ? others : [{ ...web0(), name: "control-plane", hostKey: one.hostKey }];
  const afterwards = { hosts: [{ ...web0(), hostKey: one.hostKey }], ...work(note("after")) };
  const result = await run({ beforehand: { hosts, ...work(script), patience: 0 }, afterwards });
  expect(result).toMatchObject({ code: 1, lines: [] });
  expect(withoutPort(result.stderr)).toBe(stderr);
  expect(notes()).toEqual([]);
});

it("reaches a control plane by its own SSH settings, when they are given", async () => {
  const own = createSshKey("cluster");
  const server = await SshServer.start({
    folder: join(folder, "own"),
    address: "127.0.0.7",
    port: await freePort(),
    publicKey: own.publicKey,
  });
  const hosts = [{ ...web0(), name: "control-plane", address: server.address, hostKey: server.hostKey }];
  const ssh = { user: "root", port: server.port, privateKey: own.privateKey };
  const result = await run({ hosts: [web0()], beforehand: { hosts, ssh, ...work(note("before")), patience: 0 } });
  await server.stop();
  expect([result.code, server.logins]).toEqual([0, 1]);
});

it("gives `afterwards` the machines that failed", async () => {
  const hosts = [{ ...web0(), name: "control-plane", hostKey: one.hostKey }];
  const afterwards = { hosts, ...work(`echo "without $FAILED_NODES" >${folder}/after`) };
  expect(await run({ script: "[[ $NODE_NAME != web-1 ]]", afterwards })).toMatchObject({ code: 1, lines: [{ name: "web-0" }] });
  expect(readFileSync(join(folder, "after"), "utf8")).toBe("without web-1\n");
});

it("continues without a failed machine when it is tolerant, and prints that in its output", async () => {
  const script = `[[ $NODE_NAME != web-0 ]] || { echo no disk >&2; exit 7; }`;
  const result = await run({ script, tolerant: true }, { before: remembered(web0(), one.hostKey) });
  expect(result).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("web-0 (127.0.0.1): failed with exit code 7; its last lines are above\n"),
  });
  expect(result.lines).toEqual([
    { name: "web-0", id: "id-0", hostKey: one.hostKey, unprepared: true },
    { name: "web-1", id: "id-1", hostKey: other.hostKey, digest: expect.any(String) },
  ]);
  const unknown = await run({ hosts: [{ ...nobody, hostKey: undefined }] as unknown as Host[], tolerant: true, deadline: 0 });
  expect(unknown).toMatchObject({ code: 0, lines: [{ name: "gone", id: "id-9", unprepared: true }] });
});

it("prepares an unprepared machine first, with a short wait for SSH, and only once", async () => {
  const preparation = { ...work(note("prepared")), patience: 0 };
  const hosts = [{ ...web0(), unprepared: true }, web1(), { ...nobody, unprepared: true }];
  const first = await run({ hosts, preparation });
  expect(first).toMatchObject({ code: 1, lines: [{ name: "web-0", hostKey: one.hostKey }, { name: "web-1" }] });
  expect(first.stderr).toContain("gone (127.0.0.9): no SSH within 0 s");
  expect(notes()).toEqual(["done web-0 127.0.0.1 id-0 for all", "done web-1 127.0.0.2 id-1 for all", "prepared web-0 127.0.0.1 id-0 "]);
  const joined = await run({ hosts: [web0()] });
  const later = await run(
    { hosts: [{ ...web0(), unprepared: true }], preparation: { ...preparation, script: "exit 1" } },
    { before: joined.stdout },
  );
  expect(later).toMatchObject({ code: 1, lines: [] });
  const again = await run({ hosts: hosts.slice(0, 2), preparation }, { before: first.stdout });
  expect(again).toMatchObject({ code: 0, lines: first.lines });
  expect(notes()).toHaveLength(4);
});

it("fails with the reason when no control plane answers", async () => {
  const result = await run({ hosts: [], afterwards: { hosts: [nobody, { ...nobody, name: "away" }], ...work("true") } });
  expect(result.code).toBe(1);
  expect(withoutPort(result.stderr)).toBe(`none of these answers over SSH: gone (${REFUSED}), away (${REFUSED})\n`);
});

it("gives `afterwards` no wanted nodes in a removal, and connects to no machine", async () => {
  const hosts = [{ ...web1(), name: "control-plane", hostKey: other.hostKey }];
  const script = `echo "$NODE_NAME wants '$WANTED_NODES'" >>${folder}/notes`;
  const afterwards = { hosts, ...work(script, "WANTED_NODES='web-0 web-1'\n") };
  expect(await run({ hosts: [nobody], afterwards }, { remove: true })).toMatchObject({ code: 0, stdout: "" });
  expect(notes()).toEqual(["control-plane wants ''"]);
});

it("runs `removal` on every machine, then `afterwards`", async () => {
  const afterwards = { hosts: [{ ...web1(), name: "control-plane", hostKey: other.hostKey }], ...work(note("after")) };
  const removal = work(`${note("undone")} only`, "TEXT=undoing\n");
  const hosts = [
    { ...web0(), hostKey: one.hostKey },
    { ...web1(), hostKey: other.hostKey },
  ];
  expect(await run({ hosts, removal, afterwards }, { remove: true })).toMatchObject({ code: 0, stdout: "" });
  expect(notes()).toEqual(["after control-plane", "undone web-0 127.0.0.1 id-0 undoing only", "undone web-1 127.0.0.2 id-1 undoing only"]);
});

it("logs for a machine that does not answer that it was left as it is, and what to do", async () => {
  const result = await run({ hosts: [nobody], removal: work("true", "", 0) }, { remove: true });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("gone (127.0.0.9): no SSH within 0 s: ");
  expect(result.stderr).toContain(
    "It was left as it is. If it is gone for good, take this command out of the state with `pulumi state delete`\n",
  );
});

it("keeps a newly given host key, even of a machine that is done", async () => {
  const before = remembered(web0(), "the key of then", digestOf(order()));
  const result = await run({ hosts: [{ ...web0(), hostKey: one.hostKey }] }, { before });
  expect(result).toMatchObject({ code: 0, lines: [{ name: "web-0", hostKey: one.hostKey }] });
  expect(notes()).toEqual([]);
});

it("reaches machines through a bastion with several host keys, of which one is known", async () => {
  const bastionKey = createSshKey("bastion");
  const args = { folder: join(folder, "bastion"), address: "127.0.0.4", port: await freePort(), publicKey: bastionKey.publicKey };
  const bastion = await SshServer.start({ ...args, hostKeyTypes: ["ecdsa", "ed25519"] });
  const through = (hostKey: string) => ({
    ...order().ssh,
    bastion: { host: bastion.address, port: bastion.port, hostKey, privateKey: bastionKey.privateKey },
  });
  const logins = one.logins;
  const known = await run({ hosts: [web0()], ssh: through(bastion.hostKey) });
  const unknown = await run({ hosts: [web0()], ssh: through(one.hostKey) });
  await bastion.stop();
  expect(known).toMatchObject({ code: 0, lines: [{ name: "web-0", hostKey: one.hostKey }] });
  expect([bastion.logins, one.logins - logins]).toEqual([1, 1]);
  expect(unknown).toMatchObject({ code: 1, lines: [] });
  expect(unknown.stderr).toContain("web-0 (127.0.0.1): refused: the bastion's SSH host key is not the one that was expected. ");
});

it("says at once that a bastion's sshd forbids forwarding, and goes on waiting where only the machine does not answer", async () => {
  const start = (name: string, address: string, settings: string[]) =>
    freePort().then((port) => SshServer.start({ folder: join(folder, name), address, port, publicKey, settings }));
  const closed = await start("closed", "127.0.0.5", ["AllowTcpForwarding no"]);
  const open = await start("open", "127.0.0.6", []);
  const through = ({ address, port, hostKey }: SshServer) => ({ ...order().ssh, bastion: { host: address, port, hostKey } });
  const refused = await run({ hosts: [web0()], ssh: through(closed) });
  expect(refused.stderr).toBe(
    `web-0 (127.0.0.1): the bastion 127.0.0.5 refuses to forward to 127.0.0.1:${one.port}: its sshd forbids it. ` +
      "Set `AllowTcpForwarding local` there, and no DisableForwarding or PermitOpen against it, and reload its sshd; or use another bastion\n",
  );
  expect(refused.seconds).toBeLessThan(10);
  const silent = await run({ hosts: [nobody], ssh: through(open), ...work(note(), "", 3) });
  await Promise.all([closed.stop(), open.stop()]);
  expect(silent.stderr).toContain("gone (127.0.0.9): no SSH within 3 s: ");
  expect(closed.logins).toBe(2);
});

it("tells a wrong host key of a machine from one of its bastion", async () => {
  const bastion = { host: other.address, port: other.port, hostKey: other.hostKey };
  const result = await run({ hosts: [{ ...web0(), hostKey: other.hostKey }], ssh: { ...order().ssh, bastion } });
  expect(result.stderr).toContain("web-0 (127.0.0.1): refused: its SSH host key is not the one");
});

it("shows nothing of the private key or the input in command lines or output", async () => {
  const input = "TEXT=confidential\n";
  const result = await run({ input, script: `${note()}; sleep 1` }, { watch: true });
  expect(result.code).toBe(0);
  expect(result.commandLines).toContain(`HostKeyAlias=web-0`);
  for (const text of [result.stdout, result.stderr, result.commandLines]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain("confidential");
  }
});

it.each([
  ["is ended", (child: ChildProcess) => child.kill("SIGTERM")],
  ["loses the reader of its output", (child: ChildProcess) => child.stderr?.destroy()],
])("leaves nothing behind when it %s", async (_, interrupt) => {
  expect(await interrupted(interrupt)).toMatchObject({ code: 1, stdout: "" });
});

it("leaves no private key behind when it is killed", async () => {
  await interrupted((child) => child.kill("SIGKILL"));
  const left = readdirSync(temporary, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = left.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
  expect(texts.filter((text) => text.includes("PRIVATE KEY"))).toEqual([]);
  for (const name of readdirSync(temporary)) rmSync(join(temporary, name), { recursive: true });
});

/** Interrupts a run while its script is running. */
async function interrupted(interrupt: (child: ChildProcess) => unknown): Promise<FanOutResult> {
  const script = `touch ${folder}/began; while [[ -e ${folder}/began ]]; do echo working >&2; sleep 0.2; done`;
  const result = await run(
    { hosts: [web0()], ...work(script, "", 10) },
    {
      interrupt: async (child) => {
        await vi.waitUntil(() => existsSync(`${folder}/began`), { timeout: 30_000 });
        expect(readdirSync(temporary)).toHaveLength(1);
        interrupt(child);
      },
    },
  );
  rmSync(`${folder}/began`);
  return result;
}

/** Makes the output of an earlier run for a machine. */
function remembered({ name, id }: Host, hostKey: string, digest = "of another script"): string {
  return JSON.stringify({ name, id, hostKey, digest });
}

/** Makes the digest of a script and its input. */
function digestOf({ script, input }: Order): string {
  return createHash("sha256").update(script).update(input).digest("hex");
}

it("accepts a machine with only an RSA host key when Pulumi's command plugin need not connect to it", async () => {
  const settings = { address: "127.0.0.3", port: one.port, publicKey, hostKeyTypes: ["rsa" as const] };
  const server = await SshServer.start({ folder: join(root, "rsa"), ...settings });
  const hosts = [{ name: "old-0", id: "id-0", address: server.address }];
  const refused = await fanOut(order({ hosts, deadline: 2 }), { temporary });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /^old-0 \(127\.0\.0\.3\): its SSH host keys are not of type ecdsa-sha2-nistp256 or ssh-ed25519: have `ssh-keygen -A` make one\. .*Their offer: rsa-sha2-512,rsa-sha2-256/m,
  );
  const taken = await fanOut(order({ hosts, rsaHostKeys: true }), { temporary });
  expect([taken.code, taken.lines[0]?.hostKey]).toEqual([0, server.hostKey]);
  await server.stop();
});
