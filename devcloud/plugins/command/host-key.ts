/** SSH host key, as a connection pins it. */
export interface HostKey {
  type: string;
  /** Key in its wire format, including its type. */
  key: Buffer;
}

/** Parses a line of authorized_keys, `TYPE BASE64 [comment]`, with comments and empty lines around it. */
export function parseHostKey(text: string): HostKey {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const [type = "", base64 = ""] = lines.find((line) => line !== "" && !line.startsWith("#"))?.split(/[ \t]+/) ?? [];
  const key = Buffer.from(base64, "base64");
  const isBase64 = base64 !== "" && key.toString("base64") === base64;
  if (isBase64 && typeIn(key) === type) return { type, key };
  throw new Error(
    `failed to parse host key: ssh: no key found in ${JSON.stringify(text)}; write it as "ssh-ed25519 AAAA...", without a host before`,
  );
}

/** Signature algorithms that the official plugin offers: only the type itself. For RSA that is SHA-1, which OpenSSH 8.8 has dropped. */
export function offeredAlgorithms({ type }: HostKey): string[] {
  return [type];
}

function typeIn(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.subarray(4, 4 + length).toString();
}
