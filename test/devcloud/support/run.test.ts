import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { type CommandFailed, run } from "../../../devcloud/support/run.ts";

const bash = (script: string, deadline = 10) => run("bash", ["-c", script], { deadline });

it("returns the output of a command", async () => {
  expect(await bash("echo one; echo two >&2")).toBe("one\n");
});

it("names a failed command, and ends the message with its last lines, each cut to a readable width", async () => {
  const error: CommandFailed = await bash("seq 30; printf 'x%.0s' {1..600}; exit 3").catch((failure) => failure);
  const lines = error.message.split("\n");
  expect(lines[0]).toBe("bash -c seq 30; printf 'x%.0s' {1..600}; exit 3 failed with exit code 3");
  expect(lines.slice(1)).toEqual([...Array.from({ length: 19 }, (_, index) => String(index + 12)), `${"x".repeat(500)}…`]);
  expect(error).toMatchObject({ exitCode: 3, output: expect.stringMatching(/^1\n2\n/) });
  expect(inspect(error)).not.toContain("x".repeat(501));
});

it("ends a command and its children at the deadline", async () => {
  await expect(bash("sleep 60 & sleep 60; wait", 1)).rejects.toThrow("took longer than 1 s");
});

it("appends all output to a log, and creates its folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "run-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const log = join(folder, "cache", "caravan", "packages.log");
  await run("bash", ["-c", "echo one; echo two >&2"], { deadline: 10, log });
  await run("echo", ["three"], { deadline: 10, log });
  expect((await readFile(log, "utf8")).split("\n").sort()).toEqual(["", "one", "three", "two"]);
});
