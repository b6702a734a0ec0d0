import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import ssh2, { type Client, type ConnectConfig } from "ssh2";
import { type HostKey, offeredAlgorithms, parseHostKey } from "./host-key.ts";

/** Address and credentials of an SSH server. */
export interface SshHost {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  /** Limit of failed attempts; -1 for no limit. */
  dialErrorLimit: number;
  /** Seconds for one attempt; 0 for no limit. */
  perDialTimeout: number;
  /** Only key that the server may have, as a line of authorized_keys. @default any key */
  hostKey?: string;
}

/** Error: an SSH server could not be reached. */
export class DialError extends Error {
  readonly host: SshHost;
  /** True when a retry may succeed. */
  readonly temporary: boolean;

  constructor(host: SshHost, reason: string, temporary: boolean) {
    super(`${host.user}@${host.host}:${host.port}: ${reason}`);
    this.name = "DialError";
    this.host = host;
    this.temporary = temporary;
  }
}

/** Opens an SSH connection by TCP, or over a given stream to the server. */
export function openSsh(host: SshHost, signal: AbortSignal, stream?: Duplex): Promise<Client> {
  const client = new ssh2.Client();
  const pinned = pinnedKey(host);
  let refusal: DialError | undefined;
  const config: ConnectConfig = {
    ...credentials(host),
    ...(stream === undefined ? { host: host.host, port: host.port } : { sock: stream as NonNullable<ConnectConfig["sock"]> }),
    readyTimeout: host.perDialTimeout * 1000,
    keepaliveInterval: 15_000,
    keepaliveCountMax: 4,
  };
  if (pinned !== undefined) {
    config.algorithms = { serverHostKey: offeredAlgorithms(pinned) } as NonNullable<ConnectConfig["algorithms"]>;
    config.hostVerifier = (key: Buffer) => {
      if (key.equals(pinned.key)) return true;
      refusal = new DialError(host, `host key ${fingerprint(key)} refused: the pinned host key is ${fingerprint(pinned.key)}`, false);
      return false;
    };
  }
  return new Promise((resolve, reject) => {
    const abort = () => {
      client.destroy();
      reject(signal.reason);
    };
    const fail = (error: Error & { level?: string }) => {
      if (error.level === "agent") return; // the other credentials remain when an agent does not answer
      signal.removeEventListener("abort", abort);
      client.destroy();
      reject(refusal ?? new DialError(host, reasonOf(error, pinned), true));
    };
    signal.addEventListener("abort", abort, { once: true });
    client.on("error", fail);
    client.on("close", () => fail(new Error("the server closed the connection")));
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => host.password ?? "")));
    client.on("ready", () => {
      signal.removeEventListener("abort", abort);
      resolve(client);
    });
    try {
      client.connect(config);
    } catch (error) {
      reject(new DialError(host, (error as Error).message, false)); // such as a private key that cannot be read
    }
  });
}

function credentials(host: SshHost): ConnectConfig {
  const agent = host.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  return {
    username: host.user,
    ...(host.privateKey !== undefined && { privateKey: host.privateKey }),
    ...(host.privateKeyPassword !== undefined && { passphrase: host.privateKeyPassword }),
    ...(host.password !== undefined && { password: host.password, tryKeyboard: true }),
    ...(agent && { agent }),
  };
}

function pinnedKey(host: SshHost): HostKey | undefined {
  try {
    return host.hostKey === undefined ? undefined : parseHostKey(host.hostKey);
  } catch (error) {
    throw new DialError(host, (error as Error).message, false);
  }
}

/** Writes the reason of a failed handshake, in the official plugin's words where they say more. */
function reasonOf({ message }: Error, pinned: HostKey | undefined): string {
  if (pinned === undefined || !message.includes("no matching host key format")) return message;
  const offered = offeredAlgorithms(pinned).join(" ");
  return `ssh: handshake failed: ssh: no common algorithm for host key; client offered: [${offered}]`;
}

function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}
