import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../../devcloud/support/paths.ts";

/** Writes the results of a benchmark as JSON, and prints the path. */
export function writeReport(name: string, result: object): void {
  const file = join(cacheDir, "bench", `${name}.json`);
  mkdirSync(join(cacheDir, "bench"), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`\nwritten to ${file}`);
}
