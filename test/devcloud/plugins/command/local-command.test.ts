import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Stack } from "../../../engine/support/stack.ts";
import { comparable, officialState } from "../support/official-state.ts";
import { processIdIn, untilEnded } from "../support/processes.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.create();
});
afterAll(() => stack?.remove());

function program(args: string, options = ""): string {
  return `import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
new command.local.Command("local", ${args}, { ${options} });`;
}

test("the state equals the official plugin's, and a second run has no changes", async () => {
  const command = program(`{
    create: "cat; echo created", update: "echo updated", delete: "true", stdin: "in1", environment: { A: "b" }, triggers: [1], logging: "none",
  }`);
  await stack.up(command);
  expect(comparable(await stack.resource("command:local:Command"))).toEqual(officialState("command:local:Command"));
  expect(comparable(await stack.resource("pulumi:providers:command"))).toEqual(officialState("pulumi:providers:command"));
  expect(await stack.preview(command)).toContain("2 unchanged");
});

test("update runs for every change, triggers replace, and each command has the output of the previous one", async () => {
  const log = join(stack.dir, "log");
  const lifecycle = (environment: string, trigger: number) =>
    program(`{
      create: "echo create >> log; echo out$N; echo err$N >&2",
      update: 'echo "update after $PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR" >> log; echo out$N',
      delete: 'echo "delete after $PULUMI_COMMAND_STDOUT" >> log',
      environment: { N: "${environment}" }, triggers: [${trigger}],
    }`);
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  await stack.up(lifecycle("1", 1));
  await stack.up(lifecycle("2", 1));
  await stack.up(lifecycle("3", 2));
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  const expected = ["create", "update after out1 err1", "create", "delete after out2", "delete after out3"];
  expect((await readFile(log, "utf8")).trim().split("\n")).toEqual(expected);
});

test("a preview runs no command, and outputs of new commands are unknown in it", async () => {
  const preview = await stack.preview(`import * as command from "@pulumi/command";
const first = new command.local.Command("first", { create: "touch ran; echo made" });
const second = new command.local.Command("second", { create: first.stdout.apply((made) => "touch ran-" + made), environment: { MADE: first.stdout } });
export const made = second.stdout;`);
  expect(preview).toMatch(/create +: \[unknown\]/);
  expect(preview).toMatch(/made: +\[unknown\]/);
  expect(existsSync(join(stack.dir, "ran"))).toBe(false);
});

test("a failure names the exit status, the command and its output, where that may be logged", async () => {
  const output = await stack.failingUp(`import * as command from "@pulumi/command";
new command.local.Command("shown", { create: "echo to stdout; echo to stderr >&2; exit 3" });
new command.local.Command("hidden", { create: "echo hidden-$((6*7)); exit 4", logging: "none" });
new command.local.Command("lost", { create: "true", dir: "/no/such/dir" });`);
  expect(output).toContain('error: exit status 3: running "echo to stdout; echo to stderr >&2; exit 3":\n    to stdout\n    to stderr');
  expect(output).toMatch(/error: exit status 4: .*\n +\(its output is not shown because logging is "none"\)/);
  expect(output).not.toContain("hidden-42");
  expect(output).toContain("cannot start /bin/sh in /no/such/dir");
});

test("wrong and unsupported fields are refused before anything runs", async () => {
  const output = await stack.failingUp(program('{ create: 1, assetPaths: ["*"] }'));
  expect(output).toContain("Field 'create' on 'local.CommandInputs' must be a 'string'; got 'number' instead");
  expect(output).toContain("'assetPaths' is not served by the stand-in plugin of devcloud; install the official plugin");
});

test("secrets appear neither in the output nor, unencrypted, in the state", async () => {
  const inputs = (rest: string) =>
    `{ environment: { TOKEN: pulumi.secret("s3cr3t-t0k3n") }, create: 'echo "the token is $TOKEN"; ${rest}' }`;
  const output = await stack.failingUp(`import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
new command.local.Command("good", ${inputs("true")}, { additionalSecretOutputs: ["stdout"] });
new command.local.Command("bad", ${inputs("false")});`);
  expect(output).toContain("the token is [secret]");
  expect(output + (await stack.backend())).not.toContain("s3cr3t-t0k3n");
});

test.each([
  ["customTimeouts", "sleep 600 & sleep 600"],
  ["SIGINT", "trap '' TERM; sleep 600 & sleep 600; sleep 600"], // only SIGKILL ends it
  ["SIGKILL", "sleep 600 & sleep 600"],
] as const)("an endless command ends with its group: %s", async (ending, command) => {
  const pidFile = join(stack.dir, "pid");
  await rm(pidFile, { force: true });
  const endless = `{ create: ${JSON.stringify(`echo $$ > pid; ${command}`)} }`;
  if (ending === "customTimeouts") {
    const output = await stack.failingUp(program(endless, 'customTimeouts: { create: "1s", update: "1s" }'));
    expect(output).toContain("error: took longer than 1 s (customTimeouts sets the limit): running");
  } else {
    const update = await stack.start(program(endless));
    await processIdIn(pidFile);
    update.kill(ending);
    await once(update, "exit");
  }
  await untilEnded(await processIdIn(pidFile));
  await stack.pulumi("cancel", "--yes").catch(() => {}); // a killed engine leaves its lock
});
