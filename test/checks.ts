import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../devcloud/support/paths.ts";

/** How a group of checks ended. */
export interface Result {
  passed: number;
  failed: number;
}

/** Folder that continuous integration collects results in; without it they are only printed. */
const resultsDir = process.env.CARAVAN_RESULTS;

/** Runs a tool of the project's as one check. */
export function checkWith(title: string, tool: string, args: readonly string[]): Result {
  console.log(`\n${title}: ${tool} ${args.join(" ")}`);
  const { status } = spawnSync(join(repositoryDir, "node_modules", ".bin", tool), args, { cwd: repositoryDir, stdio: "inherit" });
  return note(title, status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
}

/** Runs tests with vitest, each of which is one check. */
export function runTests(title: string, config: string, args: readonly string[]): Result {
  const report = join(repositoryDir, "node_modules", `.results-${title}.json`);
  writeFileSync(report, "{}");
  const reporters = ["--reporter=verbose", "--reporter=json", `--outputFile.json=${report}`];
  const options = { cwd: repositoryDir, stdio: "inherit" as const };
  const { status } = spawnSync(
    join(repositoryDir, "node_modules", ".bin", "vitest"),
    ["run", "--config", config, ...reporters, ...args],
    options,
  );
  return note(title, countsOf(report, status === 0));
}

/** Ends this process: with failure when any check failed, or none was made. */
export function finish(results: readonly Result[]): never {
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

function countsOf(report: string, succeeded: boolean): Result {
  const { numPassedTests = 0, numFailedTests = 0 } = JSON.parse(readFileSync(report, "utf8"));
  // A run can fail with no failed test: a file that cannot be loaded, an unhandled rejection, no tests at all.
  return { passed: numPassedTests, failed: numFailedTests === 0 && !succeeded ? 1 : numFailedTests };
}

function note(title: string, result: Result): Result {
  if (resultsDir !== undefined) {
    mkdirSync(resultsDir, { recursive: true });
    writeFileSync(join(resultsDir, `${title}.json`), JSON.stringify(result));
  }
  return result;
}
