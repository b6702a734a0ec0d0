// Runs one script on many machines over OpenSSH, in parallel, with pinned host keys and deadlines.
//
// Its order: { ssh, hosts, absent?, command, script, input, deadline, tolerant?, rsaHostKeys?, preparation?, removal?, beforehand?, afterwards? };
// secrets travel only there. Standard output: one JSON line a host, { name, id, hostKey, digest }. Standard error: progress and
// failures, no secrets.
// A tolerant fan-out does not fail with a machine, but has a line { name, id, hostKey?, unprepared } for it. What comes later gets
// such a host again, and does the preparation (a command, script, input and deadline, and a patience in seconds) before its own script.
// Host keys are learnt at a machine's first contact, compared with those on its console where the cloud gives that, and pinned from
// then on, by the machine's id; a machine that was done with the same script and input is left alone. Both are known from the output
// of the run before; those of a resource among the absent, whose machine is called by its name and a suffix, are remembered for the
// next run.
// `beforehand` has a command, script, input, deadline and patience of its own, and an `ssh` if its hosts are reached otherwise. It is
// for the first of its hosts that answers, before any other machine gets its script, and only if there is one to get it; it is told
// which (MACHINES: lines of name, id and address). It may print lines of a machine's name and shell assignments, base64: that machine
// gets them, and nobody else does.
// `afterwards` has a command, script, input and deadline of its own, for the first of its hosts that answers, once all others
// have ended; it is told which of them failed (FAILED_NODES). When removing, only `removal` (the like, for each host) and then
// `afterwards` run, with no host wanted any more, and the latter only if all went well.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, openSync, rmSync, unlinkSync, writeSync } from "node:fs";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PARALLEL = 64;
const BASTION = "caravan-bastion";
// Seconds for one login, as long as sshd itself waits when it is told nothing: where hundreds log in at once, key exchanges
// wait for this end's cores, and if all were given up early, none would ever succeed.
const LOGIN = 120;
// Exit code of coreutils' `timeout`, and the seconds that a machine gets to say so.
const TIMED_OUT = 124;
const GRACE = 30;
const { order, removing, freeLogin, absenceOf, proveKey, trustLines } = globalThis.caravan;
// For a machine whose key is not known yet: takes whatever key it shows, and of several the one that the SSH library of Pulumi's
// command plugin asks for first. Pinned RSA keys that asks for with SHA-1 alone, which OpenSSH 8.8 has dropped.
const KEY_TYPES = ["ecdsa-sha2-nistp256", "ssh-ed25519", ...(order.rsaHostKeys ? ["rsa-sha2-512"] : [])];
const FIRST_CONTACT = ["-o", "StrictHostKeyChecking=accept-new", "-o", `HostKeyAlgorithms=${KEY_TYPES}`];
const KEY_PATIENCE = 30; // seconds in which a machine that boots may still make its keys
const before = new Map(
  (process.env.PULUMI_COMMAND_STDOUT ?? "").split("\n").flatMap((line) => {
    const result = line.startsWith("{") ? JSON.parse(line) : undefined;
    return result ? [[result.id, result]] : [];
  }),
);
const folder = await mkdtemp(join(tmpdir(), "caravan-ssh-"));
const failed = [];
/** What machines get beside the order's input, by name. */
const gifts = new Map();

/** Why a machine was not reached: nothing was done there. */
class NoContact extends Error {}

// However it ends, short of SIGKILL. Where a private key cannot do without a name, it is in there.
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

try {
  await mkdir(join(folder, "known"));
  await writeFile(join(folder, "config"), await sshConfig(order.ssh, ""));
  if (order.beforehand?.ssh) await writeFile(join(folder, "config-beforehand"), await sshConfig(order.beforehand.ssh, "-beforehand"));
  if (!removing) rememberAbsent(order.absent ?? []);
  const waiting = removing && !order.removal ? [] : [...order.hosts];
  if (order.beforehand && !removing) await prepareFor(waiting.filter((host) => !isDone(host)));
  await Promise.all(Array.from({ length: PARALLEL }, () => work(waiting)));
  for (const line of trustLines()) console.error(line);
  if (order.afterwards && !(removing && failed.length > 0)) await finish(order.afterwards);
} catch (error) {
  failed.push("");
  console.error(error.message);
}
process.exitCode = failed.length > 0 ? 1 : 0;

async function work(waiting) {
  for (let host = waiting.shift(); host; host = waiting.shift()) {
    try {
      if (removing) await undo(host);
      else console.log(JSON.stringify(await settle(host)));
    } catch (error) {
      console.error(`${host.name} (${host.address}): ${error.message}`);
      if (order.tolerant) leaveForLater(host);
      else failed.push(host.name);
    }
  }
}

/** Remembers of a machine that it is not prepared; its key, once it was learnt, is its key for good. */
function leaveForLater({ name, id }) {
  const hostKey = before.get(id)?.hostKey;
  console.log(JSON.stringify({ name, id, ...(hostKey ? { hostKey } : {}), unprepared: true }));
}

function rememberAbsent(resources) {
  for (const known of before.values()) {
    if (resources.some((resource) => known.name.includes(`${resource}-`))) console.log(JSON.stringify(known));
  }
}

/** Brings one machine to where the order wants it and gives what is to be remembered of it. */
async function settle(host) {
  const known = before.get(host.id);
  const hostKey = host.hostKey ?? known?.hostKey;
  if (isDone(host)) return { ...known, hostKey };
  const started = Date.now();
  if (host.unprepared) {
    await execute({ ...host, hostKey }, order.preparation, factsOf(host), order.preparation.patience);
    if (!hostKey) await proveKey(host.id, await learntKey(host.name));
  }
  await execute({ ...host, hostKey }, order, factsOf(host) + (gifts.get(host.name) ?? ""));
  // A console shows the keys when the first boot is over, which is what comes first waits for; nothing secret is in that.
  if (!hostKey && !host.unprepared) await proveKey(host.id, await learntKey(host.name));
  console.error(`${host.name}: done in ${Math.round((Date.now() - started) / 1000)} s`);
  return { name: host.name, id: host.id, hostKey: hostKey ?? (await learntKey(host.name)), digest: digestFor(host) };
}

/** Whether a machine was done with the same script and input. */
function isDone(host) {
  return before.get(host.id)?.digest === digestFor(host);
}

/** Stands for what is run on a machine; not for its gift, which is another each time. */
function digestFor({ unprepared }) {
  const work = [...(unprepared ? [order.preparation] : []), order].flatMap(({ script, input }) => [script, input]);
  return createHash("sha256").update(work.join("")).digest("hex");
}

/** Has done what comes before some machines get their scripts, and keeps what they are given. */
async function prepareFor(hosts) {
  if (hosts.length === 0) return;
  const machines = hosts.map(({ name, id, address }) => `${name} ${id} ${address}`);
  const answer = await onFirstThatAnswers(order.beforehand, `MACHINES=${quote(machines.join("\n"))}\n`, order.beforehand.patience);
  for (const line of answer.split("\n")) {
    const [name, gift] = line.split(" ");
    if (gift) gifts.set(name, Buffer.from(gift, "base64").toString());
  }
}

/** Undoes on one machine what was done there. */
async function undo(host) {
  try {
    await execute(host, order.removal, factsOf(host));
  } catch (error) {
    if (!(error instanceof NoContact)) throw error;
    const advice = "It was left as it is. If it is gone for good, take this command out of the state with `pulumi state delete`";
    throw new Error(`${error.message}. ${advice}`);
  }
}

/** Runs a task on a machine as soon as that lets us in, by one login: key exchanges are what a fan-out spends its time with. Gives what it printed. */
async function execute(host, task, facts, patience = task.deadline) {
  if (host.hostKey) await pin(host.name, host.hostKey);
  const patientUntil = Date.now() + patience * 1000;
  const keysUntil = Math.min(patientUntil, Date.now() + KEY_PATIENCE * 1000);
  for (let options = []; ; ) {
    const login = await freeLogin();
    const { isIn, code, stdout, stderr } = await ssh(host, task, facts + task.input + task.script, login, options);
    if (isIn) {
      requireSuccess(code, task.deadline);
      return stdout;
    }
    // A wrong host key stays wrong.
    if (/host key verification failed|identification has changed/i.test(stderr)) throw new NoContact(refusal(stderr));
    const absence = await absenceOf(host.id, order.ssh.bastion);
    if (absence) throw new NoContact(absence);
    if (/no matching host key type/i.test(stderr) && Date.now() > keysUntil)
      throw new NoContact(
        `its SSH host keys are not of type ${KEY_TYPES.join(" or ")}: have \`ssh-keygen -A\` make one. ${lastLines(stderr, 1)}`,
      );
    if (Date.now() > patientUntil) throw new NoContact(`no SSH within ${patience} s: ${lastLines(stderr, 2) || "no answer"}`);
    options = stderr ? options : ["-o", "LogLevel=INFO"]; // of some failures ssh says nothing otherwise
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function requireSuccess(code, deadline) {
  if (code === null || code === TIMED_OUT) throw new Error(`not done within ${deadline} s`);
  if (code !== 0) throw new Error(`failed with exit code ${code}`);
}

/** What to say of a wrong host key: the bastion's, or the machine's own. */
function refusal(stderr) {
  if (stderr.includes(BASTION))
    return (
      "refused: the bastion's SSH host key is not the one that was expected. " +
      "Either someone is in between, or the bastion was set up anew; if you know that it was, correct its hostKey, or replace its Instance with `pulumi up --replace`"
    );
  return (
    "refused: its SSH host key is not the one that was learnt when the machine was made. " +
    "Either someone is in between, or the machine was set up anew outside of Pulumi; replace its Instance with `pulumi up --replace`, " +
    "or give an imported server's new hostKey. " +
    lastLines(stderr, 1)
  );
}

/** Runs the order's last script, with what became of the machines. */
async function finish(afterwards) {
  const none = removing ? "WANTED_NODES=\nABSENT_MACHINES=\n" : "";
  await onFirstThatAnswers(afterwards, `FAILED_NODES=${quote(failed.join(" "))}\n${none}`);
}

/** Runs a task on the first of its machines that answers, and gives what it printed; asks all of them again for some seconds. */
async function onFirstThatAnswers({ hosts, ...task }, facts, patience = 0) {
  const input = task.input + facts;
  const patientUntil = Date.now() + patience * 1000;
  for (;;) {
    for (const host of hosts) {
      try {
        return await execute(host, { ...task, input }, `NODE_NAME=${quote(host.name)}\n`, 0);
      } catch (error) {
        if (!(error instanceof NoContact)) throw error;
      }
    }
    if (Date.now() > patientUntil) throw new Error(`none of ${hosts.map(({ name }) => name).join(", ")} answers over SSH`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function factsOf({ name, address, id }) {
  return `NODE_NAME=${quote(name)}\nNODE_ADDRESS=${quote(address)}\nINSTANCE_ID=${quote(id)}\n`;
}

/** Logs in and runs a task's command; says whether we were let in. A run past its deadline is ended and has no exit code. */
function ssh(host, { command, deadline, ssh: own }, input, login, options = []) {
  return new Promise((resolve) => {
    const child = spawn(
      "ssh",
      [
        ...["-F", join(folder, own && own === order.beforehand?.ssh ? "config-beforehand" : "config")],
        ...["-o", `HostName=${host.sshHost ?? host.address}`, "-o", `HostKeyAlias=${host.name}`],
        ...(existsSync(join(folder, "known", host.name)) ? [] : FIRST_CONTACT),
        ...options,
        // Run here once we are let in: an empty line says so.
        ...["-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo"],
        ...[host.name, command],
      ],
      { stdio: "pipe", env: { ...process.env, SHELL: "/bin/sh" } },
    );
    let stdout = "";
    let stderr = "";
    let isIn = false;
    let late = false;
    const end = () => {
      late = true;
      child.kill("SIGKILL");
    };
    let timer = setTimeout(end, LOGIN * 1000);
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stdout.once("data", () => {
      login.close();
      // A login that was given up comes to nothing: only now does the machine get anything to run.
      if (late) return;
      isIn = true;
      child.stdin.end(input);
      clearTimeout(timer);
      // The machine itself ends what takes too long; this end only waits for that, if the machine can still say so.
      timer = setTimeout(end, (deadline + GRACE) * 1000);
      print(stderr);
    });
    child.stdin.on("error", () => {}); // the far side may end before it has read its input
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr = (stderr + text).slice(-4000);
      if (isIn) print(text);
    });
    child.on("error", (error) => {
      login.close();
      resolve({ isIn: false, code: 127, stdout, stderr: error.message });
    });
    child.on("close", (code) => {
      login.close();
      clearTimeout(timer);
      resolve({ isIn, code: late ? null : code, stdout, stderr });
    });
  });
}

function print(text) {
  for (const line of text.trimEnd().split("\n")) if (line) console.error(line);
}

/** Client settings for all machines, each known by its name; the suffix tells their files from others. */
async function sshConfig({ user, port, privateKey, bastion }, suffix) {
  const jump = bastion ? await bastionConfig(bastion, suffix) : [];
  return [
    ...jump,
    "Host *",
    `User ${user}`,
    `Port ${port}`,
    `IdentityFile ${keyFile(`key${suffix}`, privateKey)}`,
    "IdentitiesOnly yes",
    "IdentityAgent none",
    "BatchMode yes",
    "ConnectTimeout 10",
    "ServerAliveInterval 15",
    "ServerAliveCountMax 4",
    `UserKnownHostsFile ${join(folder, "known")}/%n`,
    "GlobalKnownHostsFile none",
    "HashKnownHosts no",
    "UpdateHostKeys no",
    // A pinned key must match, whatever its type: of several host keys OpenSSH then asks for that one.
    "StrictHostKeyChecking yes",
    "LogLevel ERROR",
    ...(bastion ? [`ProxyJump ${BASTION}${suffix}`] : []),
  ].join("\n");
}

async function bastionConfig({ host, user, port = 22, hostKey, privateKey }, suffix) {
  const alias = BASTION + suffix;
  await pin(alias, hostKey);
  return [
    `Host ${alias}`,
    `HostName ${host}`,
    `HostKeyAlias ${alias}`,
    "ProxyJump none",
    `Port ${port}`,
    ...(user ? [`User ${user}`] : []),
    ...(privateKey ? [`IdentityFile ${keyFile(`bastion-key${suffix}`, privateKey)}`] : []),
  ];
}

/** A private key as a file for ssh. Where the system can, the file has no name but this process's: it ends with the process, even by SIGKILL. */
function keyFile(name, key) {
  const path = join(folder, name);
  const file = openSync(path, "wx", 0o600);
  const nameless = existsSync(`/proc/self/fd/${file}`);
  if (nameless) unlinkSync(path);
  writeSync(file, key);
  return nameless ? `/proc/${process.pid}/fd/${file}` : path;
}

async function pin(name, hostKey) {
  await writeFile(join(folder, "known", name), `${name} ${hostKey}\n`);
}

async function learntKey(name) {
  const line = (await readFile(join(folder, "known", name), "utf8")).trim();
  return line.split(" ").slice(1, 3).join(" ");
}

function quote(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function lastLines(text, count) {
  return text.trimEnd().split("\n").slice(-count).join(" ");
}
