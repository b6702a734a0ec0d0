import { gzipSync, strToU8 } from "fflate";

/**
 * Packs a text by gzip and base64, for the standard input of a command, which the state keeps twice.
 * Node's zlib is not used: its output differs between builds of Node, so another machine would see changes.
 */
export function packed(text: string): string {
  return Buffer.from(gzipSync(strToU8(text), { level: 9, mtime: 0 })).toString("base64");
}
