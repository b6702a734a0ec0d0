// Finds out whether a bastion forwards connections. Its sshd may forbid that, and ssh then only says that forwarding failed.

import { spawn } from "node:child_process";
import { bastionAlias, sshOptions } from "./ssh-config.mjs";

/**
 * @typedef {import("../ssh/fan-out-order.ts").OrderConnection} OrderConnection
 * @typedef {import("../ssh/fan-out-order.ts").OrderHost} OrderHost
 */

const PROBE_SECONDS = 30;

/**
 * Bastions that were asked, by alias. One that forwards is not asked again, because machines that boot fail in the same way.
 * @type {Map<string, Promise<string | undefined>>}
 */
const asked = new Map();

/**
 * Returns the error for a bastion whose sshd forbids forwarding; `undefined` when the machine was not reached for another reason.
 * @param {OrderConnection} connection
 * @param {OrderHost} host
 * @param {string} stderr - what ssh said about the machine
 */
export async function forwardingRefusal(connection, host, stderr) {
  if (!connection.bastion || !/stdio forwarding failed/.test(stderr)) return undefined;
  const alias = bastionAlias(connection);
  const answer = asked.get(alias) ?? probe(connection, `${host.address}:${connection.port}`, alias);
  asked.set(alias, answer);
  return answer;
}

/**
 * @param {OrderConnection} connection
 * @param {string} target
 * @param {string} alias
 * @returns {Promise<string | undefined>}
 */
function probe(connection, target, alias) {
  return new Promise((resolve) => {
    const options = [...sshOptions(alias, connection), "-o", "LogLevel=INFO", "-W", target, alias];
    const child = spawn("ssh", options, { stdio: ["ignore", "ignore", "pipe"], timeout: PROBE_SECONDS * 1000 });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", () => resolve(undefined));
    child.on("close", () => resolve(/administratively prohibited/.test(stderr) ? message(connection, target) : undefined));
  });
}

/**
 * @param {OrderConnection} connection
 * @param {string} target
 */
function message({ bastion }, target) {
  return (
    `the bastion ${bastion?.host} refuses to forward to ${target}: its sshd forbids it. ` +
    "Set `AllowTcpForwarding local` there, and no DisableForwarding or PermitOpen against it, and reload its sshd; or use another bastion"
  );
}
