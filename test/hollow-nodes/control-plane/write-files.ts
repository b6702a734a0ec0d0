import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { NodeFile } from "../../../lib/node/files.ts";

/** Writes files in the same way as the library's scripts on a node. */
export function writeFiles(files: readonly NodeFile[]): void {
  for (const { path, mode, content } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, Number.parseInt(mode, 8));
  }
}
