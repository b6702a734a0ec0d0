import { gunzipSync } from "node:zlib";

/** The text of a command's standard input that is packed. */
export function unpacked(stdin: string): string {
  return gunzipSync(Buffer.from(stdin, "base64")).toString();
}
