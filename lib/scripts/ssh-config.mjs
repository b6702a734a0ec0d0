// Settings, private keys and known hosts of the SSH client, in a folder that is removed when this process ends.

import { existsSync, mkdtempSync, openSync, rmSync, unlinkSync, writeSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { order } from "./ssh-order.mjs";

/**
 * @typedef {import("../ssh/fan-out-order.ts").OrderConnection} OrderConnection
 * @typedef {import("../ssh/fan-out-order.ts").OrderBastion} OrderBastion
 */

/** Name of a bastion in settings, known hosts and ssh's messages. */
export const BASTION = "caravan-bastion";

// Options for a machine whose key is not known yet. Any key is accepted; of several, the one that the SSH library of Pulumi's command
// plugin requests first. RSA keys are excluded by default: that library requests a pinned one with SHA-1 only, which OpenSSH 8.8 has
// dropped.
export const KEY_TYPES = ["ecdsa-sha2-nistp256", "ssh-ed25519", ...(order.rsaHostKeys ? ["rsa-sha2-512"] : [])];
const FIRST_CONTACT = ["-o", "StrictHostKeyChecking=accept-new", "-o", `HostKeyAlgorithms=${KEY_TYPES}`];

const folder = mkdtempSync(join(tmpdir(), "caravan-ssh-"));

// On every end but SIGKILL. On systems where a private key must have a file name, it is in this folder.
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
 * Returns ssh's options for a connection's settings, and for a machine's host key.
 * @param {string} name
 * @param {OrderConnection} connection
 */
export function sshOptions(name, connection) {
  return ["-F", configFile(connection), ...(existsSync(join(folder, "known", name)) ? [] : FIRST_CONTACT)];
}

/**
 * Pins the host key of a machine.
 * @param {string} name
 * @param {string} hostKey
 */
export async function pin(name, hostKey) {
  await writeFile(join(folder, "known", name), `${name} ${hostKey}\n`);
}

/**
 * Reads the host key that a machine has shown.
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
 * Returns the suffix of a connection's files, which differ from those of the other connection.
 * @param {OrderConnection} connection
 */
function suffixOf(connection) {
  return connection === order.beforehand?.ssh ? "-beforehand" : "";
}

/**
 * Returns the name of a connection's bastion in its settings.
 * @param {OrderConnection} connection
 */
export function bastionAlias(connection) {
  return BASTION + suffixOf(connection);
}

/**
 * Writes the settings for all machines of a connection. Known hosts are by machine name.
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
    // The pinned key must match, and OpenSSH requests its type when a machine has several keys.
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
 * Writes a private key for ssh and returns its path. Where the system allows, the file has no name but that of this process's descriptor.
 * So it ends with the process, even by SIGKILL.
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
