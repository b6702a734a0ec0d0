import { createHash } from "node:crypto";

/** SSH to machines through a bastion, with values that are known. */
export interface TunnelSsh {
  user: string;
  port: number;
  privateKey: string;
  bastion: { host: string; hostKey: string; user?: string; port?: number; privateKey?: string };
}

/** Machine that opens the connections. */
export interface TunnelMachine {
  name: string;
  address: string;
  hostKey: string;
}

/** Files of an SSH client, by their use. */
export interface TunnelFiles {
  key: string;
  bastionKey: string;
  knownHosts: string;
}

/** Alias of the bastion in the client's settings. */
const BASTION = "caravan-bastion";

/** Local ports of tunnels: below those that systems give to outgoing connections. */
const FIRST_PORT = 10_240;
const PORTS = 20_000;

/** Seconds for a machine to connect to the API. */
const CONNECT_SECONDS = 10;

/** Returns the local port of a cluster's tunnel. It follows from an id, so that the kubeconfig with it is the same in every run. */
export function tunnelPort(id: string): number {
  return FIRST_PORT + (createHash("sha256").update(id).digest().readUInt32BE() % PORTS);
}

/**
 * Writes the command with which a machine connects its input and output to a host and port, after a line that tells of the connection. It is
 * a command and no forwarding, which many images and bastions forbid.
 */
export function relayCommand(host: string, port: number): string {
  const connect = `timeout ${CONNECT_SECONDS} bash -c "</dev/tcp/${host}/${port}"`;
  const relay = `exec 3<>/dev/tcp/${host}/${port}; echo; cat <&3 & cat <&0 >&3 & wait -n; kill $(jobs -p)`;
  return `bash -c '${connect} && { ${relay}; } 2>/dev/null'`;
}

/** Writes the settings of the SSH client. All host keys are pinned. */
export function tunnelSettings({ user, port, bastion }: TunnelSsh, machines: readonly TunnelMachine[], files: TunnelFiles): string {
  const common = [
    "IdentitiesOnly yes",
    "IdentityAgent none",
    "BatchMode yes",
    "ConnectTimeout 10",
    "ServerAliveInterval 15",
    "ServerAliveCountMax 4",
    `UserKnownHostsFile ${files.knownHosts}`,
    "GlobalKnownHostsFile none",
    "UpdateHostKeys no",
    "StrictHostKeyChecking yes",
    "LogLevel ERROR",
  ];
  return [
    `Host ${BASTION}`,
    `HostName ${bastion.host}`,
    `HostKeyAlias ${BASTION}`,
    `User ${bastion.user ?? user}`,
    `Port ${bastion.port ?? 22}`,
    `IdentityFile ${files.bastionKey}`,
    "ProxyJump none",
    ...machines.flatMap(({ name, address }) => [`Host ${name}`, `HostName ${address}`, `HostKeyAlias ${name}`]),
    "Host *",
    `User ${user}`,
    `Port ${port}`,
    `IdentityFile ${files.key}`,
    `ProxyJump ${BASTION}`,
    ...common,
    "",
  ].join("\n");
}

/** Writes the known hosts of the SSH client. */
export function tunnelKnownHosts({ bastion }: TunnelSsh, machines: readonly TunnelMachine[]): string {
  const lines = [`${BASTION} ${bastion.hostKey}`, ...machines.map(({ name, hostKey }) => `${name} ${hostKey}`)];
  return `${lines.join("\n")}\n`;
}
