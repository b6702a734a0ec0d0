import { gunzipSync } from "node:zlib";

/** Returns the text of a command's packed standard input. */
export function unpacked(stdin: string): string {
  return gunzipSync(Buffer.from(stdin, "base64")).toString();
}
