import { gzipSync, strToU8 } from "fflate";

/**
 * A text for the standard input of a command, which the state keeps twice: gzip in base64.
 * Not by Node's zlib: its bytes differ between builds of Node, and would be changes on another machine.
 */
export function packed(text: string): string {
  return Buffer.from(gzipSync(strToU8(text), { level: 9, mtime: 0 })).toString("base64");
}
