import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { repositoryDir } from "./support/repository.ts";

/** Result of a group of checks. */
export interface Result {
  passed: number;
  failed: number;
  /** Names of the failures, with the first lines of their reasons. */
  failures: string[];
}

/** Result of one test in vitest's report. */
interface TestReport {
  status: string;
  fullName: string;
  failureMessages?: string[];
}

/** Lines of each failure, and characters of each line, that are shown: many failures must fit into the last screens of a log. */
const REASON_LINES = 12;
const REASON_WIDTH = 300;

/** Folder in which continuous integration collects results. Without it they are only printed. */
const resultsDir = process.env.CARAVAN_RESULTS;

/** Runs one of the project's tools as one check. */
export function checkWith(title: string, tool: string, args: readonly string[]): Result {
  console.log(`\n${title}: ${tool} ${args.join(" ")}`);
  const { status } = spawnSync(join(repositoryDir, "node_modules", ".bin", tool), args, { cwd: repositoryDir, stdio: "inherit" });
  return note(title, status === 0 ? { passed: 1, failed: 0, failures: [] } : { passed: 0, failed: 1, failures: [title] });
}

/** Runs tests with vitest. Each test is one check. */
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

/** Ends this process. The exit code is 1 when a check failed or none ran. */
export function finish(results: readonly Result[]): never {
  process.exit(summarize(results) ? 0 : 1);
}

/** Prints the failures with their reasons, then the numbers. Returns true when something passed and nothing failed. */
export function summarize(results: readonly Result[], succeeded = true): boolean {
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  for (const failure of results.flatMap(({ failures }) => failures)) console.log(`\nfailed: ${failure}`);
  // A run that ended before its checks could be counted is a failure, too.
  const good = succeeded && failed === 0 && passed > 0;
  console.log(`\n${passed} passed, ${good ? 0 : Math.max(failed, 1)} failed`);
  return good;
}

function countsOf(report: string, succeeded: boolean): Result {
  const { numPassedTests = 0, numFailedTests = 0, testResults = [] } = JSON.parse(readFileSync(report, "utf8"));
  const tests = (testResults as { assertionResults: TestReport[] }[]).flatMap(({ assertionResults }) => assertionResults);
  const failures = tests.filter(({ status }) => status === "failed").map(describeFailure);
  // A run can fail without a failed test: a file that cannot be loaded, an unhandled rejection, no tests at all.
  return { passed: numPassedTests, failed: numFailedTests === 0 && !succeeded ? 1 : numFailedTests, failures };
}

function describeFailure({ fullName, failureMessages = [] }: TestReport): string {
  const lines = stripVTControlCharacters(failureMessages.join("\n"))
    .split("\n")
    // Positions inside a test runner do not help.
    .filter((line) => !/^\s+at .*node_modules/.test(line));
  const reason = lines.slice(0, REASON_LINES).map((line) => `  ${line.slice(0, REASON_WIDTH)}`);
  return [fullName, ...reason].join("\n");
}

function note(title: string, result: Result): Result {
  if (resultsDir !== undefined) {
    mkdirSync(resultsDir, { recursive: true });
    writeFileSync(join(resultsDir, `${title}.json`), JSON.stringify(result));
  }
  return result;
}
