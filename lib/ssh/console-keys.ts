/** Block of host keys that cloud-init prints (cloudinit/config/cc_keys_to_console.py). */
const BLOCK = /-----BEGIN SSH HOST KEY KEYS-----(.*?)-----END SSH HOST KEY KEYS-----/gs;
const KEY = /\b((?:ssh|ecdsa)-[a-z0-9-]+) (AAAA[A-Za-z0-9+/=]+)/;

/**
 * Reads a machine's host keys from its console log, as `TYPE BASE64`. A key is left out when the kernel wrote into the middle of it.
 */
export function consoleKeys(text: string): string[] {
  const lines = [...text.matchAll(BLOCK)].flatMap(([, block = ""]) => block.split("\n"));
  const keys = lines.flatMap((line) => {
    const [, type = "", blob = ""] = KEY.exec(line) ?? [];
    return isWhole(type, Buffer.from(blob, "base64")) ? [`${type} ${blob}`] : [];
  });
  return [...new Set(keys)];
}

/** Returns whether a key is complete: its parts are each preceded by their length, and the first part is its type. */
function isWhole(type: string, blob: Buffer): boolean {
  const parts: Buffer[] = [];
  let end = 0;
  while (end + 4 <= blob.length) {
    const length = blob.readUInt32BE(end);
    parts.push(blob.subarray(end + 4, end + 4 + length));
    end += 4 + length;
  }
  return end === blob.length && parts.length >= 2 && parts[0]!.toString() === type;
}
