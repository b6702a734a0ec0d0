// The SSH client's settings, private keys and known hosts, in a folder that ends with this process.

import { existsSync, mkdtempSync, openSync, rmSync, unlinkSync, writeSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { order } from "./ssh-order.mjs";

/**
 * @typedef {import("../ssh/fan-out-order.ts").OrderConnection} OrderConnection
 * @typedef {import("../ssh/fan-out-order.ts").OrderBastion} OrderBastion
 */

/** What a bastion is called in settings, known hosts and ssh's messages. */
export const BASTION = "caravan-bastion";

// For a machine whose key is not known yet: takes whatever key it shows, and of several the one that the SSH library of Pulumi's
// command plugin asks for first. Pinned RSA keys that asks for with SHA-1 alone, which OpenSSH 8.8 has dropped.
export const KEY_TYPES = ["ecdsa-sha2-nistp256", "ssh-ed25519", ...(order.rsaHostKeys ? ["rsa-sha2-512"] : [])];
const FIRST_CONTACT = ["-o", "StrictHostKeyChecking=accept-new", "-o", `HostKeyAlgorithms=${KEY_TYPES}`];

const folder = mkdtempSync(join(tmpdir(), "caravan-ssh-"));

// However it ends, short of SIGKILL. Where a private key cannot do without a name, it is in there.
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

/** Writes the client's settings for all connections of the order. */
export async function writeSshConfig() {
  await mkdir(join(folder, "known"));
  await writeFile(configFile(order.ssh), await sshConfig(order.ssh));
  const { ssh } = order.beforehand ?? {};
  if (ssh) await writeFile(configFile(ssh), await sshConfig(ssh));
}

/**
 * Options of ssh that choose a connection's settings, and what it takes for a host key.
 * @param {string} name
 * @param {OrderConnection} connection
 */
export function sshOptions(name, connection) {
  return ["-F", configFile(connection), ...(existsSync(join(folder, "known", name)) ? [] : FIRST_CONTACT)];
}

/**
 * Expects a host key of a machine.
 * @param {string} name
 * @param {string} hostKey
 */
export async function pin(name, hostKey) {
  await writeFile(join(folder, "known", name), `${name} ${hostKey}\n`);
}

/**
 * The host key that a machine has shown.
 * @param {string} name
 */
export async function learntKey(name) {
  const line = (await readFile(join(folder, "known", name), "utf8")).trim();
  return line.split(" ").slice(1, 3).join(" ");
}

/** @param {OrderConnection} connection */
function configFile(connection) {
  return join(folder, `config${suffixOf(connection)}`);
}

/**
 * Tells the files of one connection from those of the other.
 * @param {OrderConnection} connection
 */
function suffixOf(connection) {
  return connection === order.beforehand?.ssh ? "-beforehand" : "";
}

/**
 * Settings for all machines of a connection, each known by its name.
 * @param {OrderConnection} connection
 */
async function sshConfig(connection) {
  const { user, port, privateKey, bastion } = connection;
  const suffix = suffixOf(connection);
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

/**
 * @param {OrderBastion} bastion
 * @param {string} suffix
 */
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

/**
 * A private key as a file for ssh. Where the system can, the file has no name but this process's: it ends with the process, even by SIGKILL.
 * @param {string} name
 * @param {string} key
 */
function keyFile(name, key) {
  const path = join(folder, name);
  const file = openSync(path, "wx", 0o600);
  const nameless = existsSync(`/proc/self/fd/${file}`);
  if (nameless) unlinkSync(path);
  writeSync(file, key);
  return nameless ? `/proc/${process.pid}/fd/${file}` : path;
}
