import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../../devcloud/support/paths.ts";

/** Keeps what a benchmark measured as JSON, and says where. */
export function writeReport(name: string, result: object): void {
  const file = join(cacheDir, "bench", `${name}.json`);
  mkdirSync(join(cacheDir, "bench"), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`\nwritten to ${file}`);
}
