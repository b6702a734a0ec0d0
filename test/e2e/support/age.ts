import { generateKeyPairSync } from "node:crypto";

/** Key pair of age. */
export interface AgeKeys {
  /** Public key, to which backups are encrypted. */
  recipient: string;
  /** Private key. */
  identity: string;
}

const CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Makes a key pair as `age-keygen` does (https://age-encryption.org/v1): X25519 keys in bech32. */
export function ageKeys(): AgeKeys {
  const { x, d } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" }) as { x: string; d: string };
  return { recipient: bech32("age", x), identity: bech32("age-secret-key-", d).toUpperCase() };
}

/** Returns bytes, in base64url, in bech32 (BIP 173). */
function bech32(prefix: string, encoded: string): string {
  const words = inFives(Buffer.from(encoded, "base64url"));
  const expanded = [...prefix].map((character) => character.charCodeAt(0));
  const all = [...expanded.map((code) => code >> 5), 0, ...expanded.map((code) => code & 31), ...words];
  const sum = checksum([...all, 0, 0, 0, 0, 0, 0]) ^ 1;
  const ends = [25, 20, 15, 10, 5, 0].map((shift) => (sum >> shift) & 31);
  return `${prefix}1${[...words, ...ends].map((word) => CHARACTERS[word]).join("")}`;
}

function inFives(bytes: Buffer): number[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{1,5}/g)!.map((five) => Number.parseInt(five.padEnd(5, "0"), 2));
}

function checksum(words: readonly number[]): number {
  return words.reduce((sum, word) => {
    const next = ((sum & 0x1ffffff) << 5) ^ word;
    return GENERATORS.reduce((all, generator, bit) => ((sum >> (25 + bit)) & 1 ? all ^ generator : all), next);
  }, 1);
}
