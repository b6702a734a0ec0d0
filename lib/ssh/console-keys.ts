/** What cloud-init prints around a machine's host keys (cloudinit/config/cc_keys_to_console.py). */
const BLOCK = /-----BEGIN SSH HOST KEY KEYS-----(.*?)-----END SSH HOST KEY KEYS-----/gs;
const KEY = /\b((?:ssh|ecdsa)-[a-z0-9-]+) (AAAA[A-Za-z0-9+/=]+)/;

/** A machine's host keys, as `TYPE BASE64`, from what it printed on its console. The kernel may have written into the midst of one: that is left out. */
export function consoleKeys(text: string): string[] {
  const lines = [...text.matchAll(BLOCK)].flatMap(([, block = ""]) => block.split("\n"));
  const keys = lines.flatMap((line) => {
    const [, type = "", blob = ""] = KEY.exec(line) ?? [];
    return isWhole(type, Buffer.from(blob, "base64")) ? [`${type} ${blob}`] : [];
  });
  return [...new Set(keys)];
}

/** Whether a key has all its parts, each behind its length, of which the first is its type. */
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
