// Asks the Pulumi program about machines (components/ssh/program-answers.ts): why a machine does not answer, and which host keys it shows
// on its console.

import { createHash } from "node:crypto";
import { connect } from "node:net";
import { order } from "./ssh-order.mjs";

const PROGRAMS = 8;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const program = createHash("sha256").update(order.ssh.privateKey).digest("hex").slice(0, 32);
const NO_SERVER = { reason: "OpenStack did not make them for this stack; give their hostKey" };
/**
 * Numbers of machines whose key was trusted without a comparison, by reason.
 * @type {Map<string, number>}
 */
const trusted = new Map();

/** @typedef {{ absence?: string, keys?: string[], reason?: string }} Answer */

/**
 * Returns why a machine or its bastion does not answer; `undefined` when the program knows no reason.
 * @param {string} id
 * @param {import("../ssh/fan-out-order.ts").OrderBastion | undefined} bastion
 */
export async function absenceOf(id, bastion) {
  for (const each of [id, bastion?.host]) {
    const { absence } = each ? await ask({ about: "absence", id: each }, "absence") : {};
    if (absence) return absence;
  }
  return undefined;
}

/**
 * Throws when a machine's console shows other host keys. Without a console log the key is trusted, and trustLines reports it.
 * @param {string} id
 * @param {string} hostKey
 */
export async function proveKey(id, hostKey) {
  /** @type {Answer} */
  const answer = UUID.test(id) ? await ask({ about: "keys", id }, "keys") : NO_SERVER;
  const { keys, reason = "nobody could be asked for a console log" } = answer;
  if (keys?.includes(hostKey)) return;
  if (!keys) {
    trusted.set(reason, (trusted.get(reason) ?? 0) + 1);
    return;
  }
  throw new Error(
    `refused: its SSH host key is ${fingerprint(hostKey)}, but its console shows ${keys.map(fingerprint).join(", ")}. ` +
      "Either someone is in between, or its console is not to be trusted; look into it, then replace its Instance with `pulumi up --replace`",
  );
}

/** Returns the lines about trusted keys, one for each reason. */
export function trustLines() {
  return [...trusted].map(
    ([reason, count]) =>
      `SSH host keys trusted as they were shown at first contact, of ${count} ${count === 1 ? "machine" : "machines"}: ${reason}`,
  );
}

/**
 * Returns the first answer of a program that has the wanted property; otherwise any answer.
 * @param {{ about: "absence" | "keys", id: string }} question
 * @param {keyof Answer} wanted
 */
async function ask(question, wanted) {
  /** @type {Answer} */
  let answer = {};
  for (let place = 0; place < PROGRAMS; place++) {
    const given = await askOne(question, place);
    if (given) answer = given;
    if (given?.[wanted]) return given;
  }
  return answer;
}

/**
 * @param {object} question
 * @param {number} place
 * @returns {Promise<Answer | undefined>}
 */
function askOne(question, place) {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(`\0caravan-program-${program}-${place}`);
    socket.setEncoding("utf8").on("data", (part) => (text += part));
    socket.on("connect", () => socket.write(`${JSON.stringify(question)}\n`));
    socket.on("error", () => {}).on("close", () => resolve(text.endsWith("\n") ? JSON.parse(text) : undefined));
    // Longer than the program takes, with all its retries.
    socket.setTimeout(120_000, () => socket.destroy());
  });
}

/** @param {string} hostKey */
function fingerprint(hostKey) {
  const [type, blob = ""] = hostKey.split(" ");
  return `SHA256:${createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64").replace(/=*$/, "")} (${type})`;
}
