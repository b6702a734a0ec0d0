// Runs one script on many machines over OpenSSH, in parallel, with pinned host keys and deadlines.
//
// Input: a FanOutOrder of lib/ssh/fan-out-order.ts. Secrets are sent only in it. Standard output: a HostResult for each host, one JSON line
// each. Standard error: progress and failures, without secrets.
// A tolerant fan-out does not fail with a machine, but prints a line { name, id, hostKey?, unprepared } for it. A later fan-out gets that
// host again, and runs the preparation before its own script.
// Host keys are learnt at a machine's first contact and compared with those on its console, if the cloud returns console logs. From then
// on they are pinned by the machine's id. A machine that has run the same script and input is skipped. Both are read from the output of
// the earlier run.
// `beforehand` gets the machines that need their script (MACHINES: lines of name, id and address). It may print lines of a machine's name
// and shell assignments, base64. Only that machine gets them.
// With `rolling`, machines that need no credential are nodes already, and are changed few at a time (ssh-rolling.mjs). The others are not.
// `afterwards` gets the names of machines that failed (FAILED_NODES). A removal runs only `removal` and then, when no machine failed,
// `afterwards` with no wanted hosts.

import { createHash } from "node:crypto";
import { learntKey, writeSshConfig } from "./ssh-config.mjs";
import { execute, executeOnFirst, messageOf, NoContact, quote } from "./ssh-execute.mjs";
import { order, removing } from "./ssh-order.mjs";
import { proveKey, trustLines } from "./ssh-program.mjs";
import { changeNodes } from "./ssh-rolling.mjs";

/**
 * @typedef {import("../ssh/fan-out-order.ts").OrderHost} OrderHost
 * @typedef {import("../ssh/fan-out-order.ts").OrderTask} OrderTask
 * @typedef {import("../ssh/fan-out-order.ts").HostResult} HostResult
 */

const PARALLEL = 64;
/** Task of each host. An order without one has no hosts. */
const task = /** @type {OrderTask} */ (order);
/**
 * Results of the earlier run, by the machine's id.
 * @type {Map<string, HostResult>}
 */
const before = new Map();
for (const line of (process.env.PULUMI_COMMAND_STDOUT ?? "").split("\n")) {
  const result = line.startsWith("{") ? JSON.parse(line) : undefined;
  if (result) before.set(result.id, result);
}
/** @type {string[]} */
const failed = [];
/**
 * Shell assignments of single machines beside the order's input, by name.
 * @type {Map<string, string>}
 */
const ownInputs = new Map();

try {
  await writeSshConfig();
  if (!removing) rememberAbsent(order.absent ?? []);
  const waiting = removing && !order.removal ? [] : [...order.hosts];
  if (!removing) await prepareFor(waiting.filter((host) => !isDone(host)));
  const nodes = removing || !order.rolling ? [] : waiting.filter((host) => !isDone(host) && !ownInputs.has(host.name));
  const others = waiting.filter((host) => !nodes.includes(host));
  await Promise.all([roll(nodes), ...Array.from({ length: PARALLEL }, () => work(others))]);
  for (const line of trustLines()) console.error(line);
  if (!(removing && failed.length > 0)) await finish();
} catch (error) {
  failed.push("");
  console.error(messageOf(error));
}
process.exitCode = failed.length > 0 ? 1 : 0;

/** @param {OrderHost[]} waiting */
async function work(waiting) {
  for (let host = waiting.shift(); host; host = waiting.shift()) {
    try {
      if (removing) await undo(host);
      else {
        if (!isDone(host)) await settle(host);
        await printResult(host);
      }
    } catch (error) {
      noteFailure(host, error);
    }
  }
}

/**
 * Changes nodes that have run another script or input.
 * @param {OrderHost[]} nodes
 */
async function roll(nodes) {
  const changed = await Promise.all(nodes.map(skipIfDone));
  const left = await changeNodes(
    nodes.filter((_, index) => !changed[index]),
    { digestFor, change: settle, done: printResult, failed: noteFailure },
  );
  if (left.length === 0) return;
  failed.push(...left.map(({ name }) => name));
  console.error(
    `left as they are, because no further node may be changed in this run (see above): ${left.map(({ name }) => name).join(", ")}`,
  );
}

/**
 * Returns whether a node has run its script and input, by its own word. The result of a command that failed is lost, also that of the nodes
 * for which it had succeeded.
 * @param {OrderHost} host
 */
async function skipIfDone(host) {
  const { rolling } = order;
  if (!rolling || host.unprepared || before.get(host.id)?.digest !== undefined) return false;
  // A node that does not answer is among those that are changed, which names it.
  const last = await execute(host, rolling.last, `NODE_NAME=${quote(host.name)}\n`, rolling.last.patience).catch(() => "");
  if (last.trim() !== digestOf(task)) return false;
  await printResult(host);
  return true;
}

/**
 * @param {OrderHost} host
 * @param {unknown} error
 */
function noteFailure(host, error) {
  console.error(`${host.name} (${host.address}): ${messageOf(error)}`);
  if (order.tolerant) leaveForLater(host);
  else failed.push(host.name);
}

/**
 * Prints the result of an unprepared machine for the next run. A host key that was learnt earlier stays in it.
 * @param {OrderHost} host
 */
function leaveForLater({ name, id }) {
  const hostKey = before.get(id)?.hostKey;
  console.log(JSON.stringify({ name, id, ...(hostKey ? { hostKey } : {}), unprepared: true }));
}

/** @param {string[]} resources */
function rememberAbsent(resources) {
  for (const known of before.values()) {
    if (resources.some((resource) => known.name.includes(`${resource}-`))) console.log(JSON.stringify(known));
  }
}

/**
 * Runs the order's tasks on one machine.
 * @param {OrderHost} host
 */
async function settle(host) {
  const hostKey = host.hostKey ?? before.get(host.id)?.hostKey;
  const pinned = hostKey ? { ...host, hostKey } : host;
  const started = Date.now();
  if (host.unprepared && order.preparation) {
    await execute(pinned, order.preparation, factsOf(host), order.preparation.patience);
    if (!hostKey) await proveKey(host.id, await learntKey(host.name));
  }
  const digest = order.rolling ? `SCRIPT_DIGEST=${digestOf(task)}\n` : "";
  await execute(pinned, task, factsOf(host) + digest + (ownInputs.get(host.name) ?? ""));
  // A console shows the keys only after the first boot. The first task waits for that, and contains no secret.
  if (!hostKey && !host.unprepared) await proveKey(host.id, await learntKey(host.name));
  console.error(`${host.name}: done in ${Math.round((Date.now() - started) / 1000)} s`);
}

/**
 * Prints the result of a machine that has run its script, for the next run.
 * @param {OrderHost} host
 */
async function printResult(host) {
  const known = before.get(host.id);
  const hostKey = host.hostKey ?? known?.hostKey ?? (await learntKey(host.name));
  console.log(JSON.stringify(isDone(host) ? { ...known, hostKey } : { name: host.name, id: host.id, hostKey, digest: digestFor(host) }));
}

/**
 * Returns whether a machine has run the same script and input; if it needs to only once, whether it has run any.
 * @param {OrderHost} host
 */
function isDone(host) {
  const digest = before.get(host.id)?.digest;
  return order.once ? digest !== undefined : digest === digestFor(host);
}

/**
 * Returns the digest of a machine's scripts and input. The machine's own input is not in it, because it differs in each run.
 * @param {OrderHost} host
 */
function digestFor({ unprepared }) {
  return digestOf(...(unprepared && order.preparation ? [order.preparation] : []), task);
}

/** @param {OrderTask[]} tasks */
function digestOf(...tasks) {
  const texts = tasks.flatMap(({ script, input }) => [script, input]);
  return createHash("sha256").update(texts.join("")).digest("hex");
}

/**
 * Runs `beforehand` for the machines that need their script, and keeps the assignments that it prints for them.
 * @param {OrderHost[]} hosts
 */
async function prepareFor(hosts) {
  const { beforehand } = order;
  if (!beforehand || hosts.length === 0) return;
  const machines = hosts.map(({ name, id, address }) => `${name} ${id} ${address}`);
  const answer = await executeOnFirst(beforehand, `MACHINES=${quote(machines.join("\n"))}\n`, beforehand.patience);
  for (const line of answer.split("\n")) {
    const [name = "", assignments] = line.split(" ");
    if (assignments) ownInputs.set(name, Buffer.from(assignments, "base64").toString());
  }
}

/**
 * Runs the removal on one machine.
 * @param {OrderHost} host
 */
async function undo(host) {
  try {
    if (order.removal) await execute(host, order.removal, factsOf(host));
  } catch (error) {
    if (!(error instanceof NoContact)) throw error;
    const advice = "It was left as it is. If it is gone for good, take this command out of the state with `pulumi state delete`";
    throw new Error(`${error.message}. ${advice}`);
  }
}

/** Runs `afterwards`, with the names of the machines that failed. */
async function finish() {
  const none = removing ? "WANTED_NODES=\nABSENT_MACHINES=\n" : "";
  if (order.afterwards) await executeOnFirst(order.afterwards, `FAILED_NODES=${quote(failed.join(" "))}\n${none}`);
}

/** @param {OrderHost} host */
function factsOf({ name, address, id, topology }) {
  const place = topology === undefined ? "" : `TOPOLOGY=${quote(topology)}\n`;
  return `NODE_NAME=${quote(name)}\nNODE_ADDRESS=${quote(address)}\nINSTANCE_ID=${quote(id)}\n${place}`;
}
