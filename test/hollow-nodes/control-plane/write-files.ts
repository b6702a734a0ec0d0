import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { NodeFile } from "../../../lib/node/files.ts";

/** Writes files as the library's scripts do on a node. */
export function writeFiles(files: readonly NodeFile[]): void {
  for (const { path, mode, content } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, Number.parseInt(mode, 8));
  }
}
