// Changes nodes that have run an earlier script or input, few at a time: `begin` on a control plane waits until one of them may be out of
// service, that node gets its script, and `end` on a control plane waits until it is in service again.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { executeOnFirst, messageOf, quote } from "./ssh-execute.mjs";
import { order } from "./ssh-order.mjs";

/**
 * @typedef {import("../ssh/fan-out-order.ts").OrderHost} OrderHost
 * @typedef {import("../ssh/fan-out-order.ts").OrderTask} OrderTask
 */

/**
 * Actions of the fan-out for a node.
 * @typedef {object} Work
 * @property {(host: OrderHost) => string} digestFor - digest of its script and input
 * @property {(host: OrderHost) => Promise<void>} change - runs its script
 * @property {(host: OrderHost) => Promise<void>} done - takes note of its success
 * @property {(host: OrderHost, error: unknown) => void} failed - takes note of its failure
 */

/**
 * Changes nodes within the limit of their pool, which holds for other fan-outs, too. Returns those that it could not begin.
 * @param {OrderHost[]} hosts
 * @param {Work} work
 */
export async function changeNodes(hosts, work) {
  if (hosts.length === 0) return [];
  const waiting = new Map(hosts.map((host) => [host.name, host]));
  const run = runOfPulumi();
  let ended = false;

  async function changeSome() {
    while (waiting.size > 0 && !ended) {
      const { done, place } = await begin([...waiting.values()], run, work.digestFor);
      for (const name of done) {
        const host = waiting.get(name);
        if (host && waiting.delete(name)) await work.done(host);
      }
      // The others are being changed already.
      if (!place) return;
      const host = waiting.get(place);
      if (host && waiting.delete(place)) await changeOne(host, run, work);
    }
  }

  await Promise.all(
    Array.from({ length: Math.min(hosts.length, order.rolling?.parallel ?? 0) }, () =>
      changeSome().catch((error) => {
        if (!ended) console.error(messageOf(error));
        ended = true;
      }),
    ),
  );
  return [...waiting.values()];
}

/**
 * @param {OrderHost} host
 * @param {string} run
 * @param {Work} work
 */
async function changeOne(host, run, work) {
  const facts = `RUN=${quote(run)}\nCHANGED_NODE=${quote(host.name)}\n`;
  try {
    await work.change(host);
    await onControlPlane("end", `${facts}CHANGE_FAILED=\n`);
    await work.done(host);
  } catch (error) {
    work.failed(host, error);
    // Without this note, further nodes wait in vain.
    await onControlPlane("end", `${facts}CHANGE_FAILED=yes\n`).catch(() => {});
  }
}

/**
 * Waits until one of some nodes may be out of service. Returns its name, and the names of those that an earlier run has changed.
 * @param {OrderHost[]} hosts
 * @param {string} run
 * @param {Work["digestFor"]} digestFor
 */
async function begin(hosts, run, digestFor) {
  const candidates = hosts.map((host) => `${host.name} ${host.id} ${digestFor(host).slice(0, 16)}`);
  const answer = await onControlPlane("begin", `RUN=${quote(run)}\nCANDIDATES=${quote(candidates.join("\n"))}\n`);
  const lines = answer.split("\n").map((line) => line.split(" "));
  const named = (/** @type {string} */ what) => lines.flatMap(([word, name]) => (word === what && name ? [name] : []));
  return { done: named("done"), place: named("place")[0] };
}

/**
 * @param {"begin" | "end"} step
 * @param {string} facts
 */
async function onControlPlane(step, facts) {
  const { rolling, beforehand } = /** @type {Required<import("../ssh/fan-out-order.ts").FanOutOrder>} */ (order);
  const { hosts, patience, ssh } = beforehand;
  return executeOnFirst({ ...rolling[step], hosts, ...(ssh ? { ssh } : {}) }, facts, patience);
}

/**
 * Returns the start and an id of the run of Pulumi, by which control planes know what an earlier run has left behind. All commands of a run
 * have the same parent: the command plugin.
 */
function runOfPulumi() {
  const { ppid } = process;
  try {
    const [, ticks] = /\) (?:\S+ ){19}(\d+) /.exec(readFileSync(`/proc/${ppid}/stat`, "utf8")) ?? [];
    const [, boot] = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8")) ?? [];
    return `${Number(boot) + Math.round(Number(ticks) / 100)} ${ppid}-${ticks}`;
  } catch {
    // Systems without /proc.
    const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", `${ppid}`], { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
    const seconds = Math.round(Date.parse(stdout) / 1000);
    return `${seconds} ${ppid}-${seconds}`;
  }
}
