// Runs a task on a machine that may not answer yet, or that may have a wrong host key.

import { BASTION, KEY_TYPES, pin } from "./ssh-config.mjs";
import { forwardingRefusal } from "./ssh-forwarding.mjs";
import { freeLogin } from "./ssh-logins.mjs";
import { order } from "./ssh-order.mjs";
import { absenceOf } from "./ssh-program.mjs";
import { runSession } from "./ssh-session.mjs";

/**
 * @typedef {import("../ssh/fan-out-order.ts").OrderConnection} OrderConnection
 * @typedef {import("../ssh/fan-out-order.ts").OrderHost} OrderHost
 * @typedef {import("../ssh/fan-out-order.ts").OrderTask} OrderTask
 * @typedef {import("../ssh/fan-out-order.ts").FirstHostTask} FirstHostTask
 */

// Exit code of coreutils' `timeout`.
const TIMED_OUT = 124;
const KEY_PATIENCE = 30; // seconds in which a machine that boots may still make its keys

/** Error of a machine that was not reached. Nothing was done there. */
export class NoContact extends Error {}

/**
 * Runs a task on a machine as soon as SSH accepts a login, and returns its output. It needs only one login, because a fan-out spends its
 * time with key exchanges.
 * @param {OrderHost} host
 * @param {OrderTask & { ssh?: OrderConnection }} task
 * @param {string} facts - shell assignments before the task's input
 * @param {number} [patience] - seconds to wait for SSH on the machine
 */
export async function execute(host, task, facts, patience = task.deadline) {
  if (host.hostKey) await pin(host.name, host.hostKey);
  const { command, deadline, ssh: connection = order.ssh } = task;
  const patientUntil = Date.now() + patience * 1000;
  const keysUntil = Math.min(patientUntil, Date.now() + KEY_PATIENCE * 1000);
  /** @type {string[]} */
  let options = [];
  for (;;) {
    const login = await freeLogin();
    // With this machine's time, by which a preparation checks the other's.
    const input = `CLOCK=${Math.round(Date.now() / 1000)}\n${facts}${task.input}${task.script}`;
    const { isIn, code, stdout, stderr } = await runSession({ connection, host, command, input, deadline, options, login });
    if (isIn) {
      requireSuccess(code, deadline);
      return stdout;
    }
    // A wrong host key stays wrong.
    if (/host key verification failed|identification has changed/i.test(stderr)) throw new NoContact(refusal(stderr));
    const absence = await absenceOf(host.id, order.ssh.bastion);
    if (absence) throw new NoContact(absence);
    const forbidden = await forwardingRefusal(connection, host, stderr);
    if (forbidden) throw new NoContact(forbidden);
    if (/no matching host key type/i.test(stderr) && Date.now() > keysUntil)
      throw new NoContact(
        `its SSH host keys are not of type ${KEY_TYPES.join(" or ")}: have \`ssh-keygen -A\` make one. ${lastLines(stderr, 1)}`,
      );
    if (Date.now() > patientUntil) throw new NoContact(`no SSH within ${patience} s: ${lastLines(stderr, 2) || "no answer"}`);
    options = stderr ? options : ["-o", "LogLevel=INFO"]; // of some failures ssh says nothing otherwise
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/**
 * Runs a task on the first of its machines that answers, and returns its output. Retries all of them until `patience` is over.
 * @param {FirstHostTask & { ssh?: OrderConnection }} task
 * @param {string} facts - shell assignments after the task's input
 * @param {number} [patience] - seconds to wait for SSH on one of them
 */
export async function executeOnFirst({ hosts, ...task }, facts, patience = 0) {
  const input = task.input + facts;
  const patientUntil = Date.now() + patience * 1000;
  for (;;) {
    /** @type {string[]} */
    const reasons = [];
    for (const host of hosts) {
      try {
        return await execute(host, { ...task, input }, `NODE_NAME=${quote(host.name)}\n`, 0);
      } catch (error) {
        if (!(error instanceof NoContact)) throw error;
        reasons.push(`${host.name} (${error.message})`);
      }
    }
    if (Date.now() > patientUntil) throw new Error(`none of these answers over SSH: ${reasons.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/**
 * Quotes a text as one word of a shell.
 * @param {string} text
 */
export function quote(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * @param {number | null} code
 * @param {number} deadline
 */
function requireSuccess(code, deadline) {
  if (code === null || code === TIMED_OUT) throw new Error(`not done within ${deadline} s; its last lines are above`);
  if (code !== 0) throw new Error(`failed with exit code ${code}; its last lines are above`);
}

/**
 * Writes the error for a wrong host key: the bastion's, or the machine's own.
 * @param {string} stderr
 */
function refusal(stderr) {
  if (stderr.includes(BASTION))
    return (
      "refused: the bastion's SSH host key is not the one that was expected. " +
      "Either someone is in between, or the bastion was reinstalled; if you know that it was, correct its hostKey, or replace its Instance with `pulumi up --replace`"
    );
  return (
    "refused: its SSH host key is not the one that was learnt when the machine was made. " +
    "Either someone is in between, or the machine was reinstalled outside of Pulumi; replace its Instance with `pulumi up --replace`, " +
    "or give an imported server's new hostKey. " +
    lastLines(stderr, 1)
  );
}

/**
 * Returns the message of what was thrown.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * @param {string} text
 * @param {number} count
 */
function lastLines(text, count) {
  return text.trimEnd().split("\n").slice(-count).join(" ");
}
