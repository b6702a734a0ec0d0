import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Stack } from "../../../engine/support/stack.ts";
import { comparable, officialState } from "../support/official-state.ts";
import { processIdIn, untilEnded } from "../support/processes.ts";
import { makeKey, SshServer } from "../support/ssh-server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stack: Stack;
let server: SshServer;
let bastion: SshServer;
beforeAll(async () => {
  server = await SshServer.create();
  bastion = await SshServer.create();
  await Promise.all([server.start(), bastion.start()]);
  stack = await Stack.create();
});
afterAll(async () => {
  await stack?.remove();
  await Promise.all([server?.stop(), bastion?.stop()]);
});

function program(commands: Record<string, string>, options = ""): string {
  const resources = Object.entries(commands).map(([name, args]) => `new command.remote.Command("${name}", ${args}, { ${options} });`);
  return `import * as command from "@pulumi/command";\n${resources.join("\n")}`;
}

test("the state equals the official plugin's, and neither state nor logs show the key", async () => {
  const command = program({
    remote: `{ connection: ${server.connection()}, create: "cat; echo created", update: "echo updated", delete: "true",
      stdin: "in1", triggers: [1], logging: "none", addPreviousOutputInEnv: false }`,
  });
  const output = await stack.up(command);
  expect(comparable(await stack.resource("command:remote:Command"))).toEqual(officialState("command:remote:Command"));
  expect(await stack.preview(command)).toContain("2 unchanged");
  const keyLine = server.privateKey.split("\n")[2]!;
  expect(output + (await stack.backend()) + (await server.log())).not.toContain(keyLine);
});

test("commands use a proxy, get their environment, and can be updated and deleted", async () => {
  const log = join(stack.dir, "remote-log");
  const connection = server.connection({ proxy: JSON.parse(bastion.connection()) });
  const lifecycle = (value: string) =>
    program({
      proxied: `{ connection: ${connection}, environment: { ACCEPTED: "${value}" }, create: "echo created $ACCEPTED | tee -a ${log}",
        update: 'echo "updated $ACCEPTED after $PULUMI_COMMAND_STDOUT" | tee -a ${log}', delete: "echo deleted >> ${log}" }`,
    });
  await stack.up(lifecycle("1"));
  await stack.up(lifecycle("2"));
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect((await readFile(log, "utf8")).trim().split("\n")).toEqual(["created 1", "updated 2 after created 1", "deleted"]);
  expect(await bastion.log()).toContain("Accepted publickey");
});

test("each failure names the server and the reason", async () => {
  await makeKey(join(server.dir, "other"));
  const hostKey = await readFile(join(server.dir, "other.pub"), "utf8");
  const privateKey = await readFile(join(server.dir, "other"), "utf8");
  const output = await stack.failingUp(
    program({
      host: `{ connection: ${server.connection({ hostKey })}, create: "touch ${stack.dir}/ran" }`,
      key: `{ connection: ${server.connection({ privateKey, dialErrorLimit: 1 })}, create: "true" }`,
      port: `{ connection: ${server.connection({ port: 1, dialErrorLimit: 1 })}, create: "true" }`,
      environment: `{ connection: ${server.connection()}, environment: { REFUSED: "1" }, create: "touch ${stack.dir}/ran" }`,
      exit: `{ connection: ${server.connection()}, create: "echo why; exit 5" }`,
    }),
  );
  const address = `root@127.0.0.1:${server.port}`;
  expect(output).toMatch(new RegExp(`error: ${address}: host key SHA256:\\S+ refused: the pinned host key is SHA256:\\S+: running`));
  expect(output).toContain(`error: after 1 failed attempts: ${address}: All configured authentication methods failed: running "true"`);
  expect(output).toContain("error: after 1 failed attempts: root@127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1: running");
  expect(output).toContain("could not set the environment variables REFUSED: the SSH server must name them in AcceptEnv");
  expect(output).toContain('error: Process exited with status 5: running "echo why; exit 5":\n    why');
  expect(existsSync(join(stack.dir, "ran"))).toBe(false);
});

test("a server that is not up yet is retried", async () => {
  const late = await SshServer.create();
  try {
    const update = await stack.start(
      program({ late: `{ connection: ${late.connection({ dialErrorLimit: -1 })}, create: "touch ${stack.dir}/late" }` }),
    );
    setTimeout(() => late.start(), 3000);
    expect(await once(update, "exit")).toEqual([0, null]);
    expect(existsSync(join(stack.dir, "late"))).toBe(true);
  } finally {
    await late.stop();
  }
});

test("a command that exceeds its deadline ends with an error", async () => {
  const pidFile = join(stack.dir, "pid");
  const endless = `{ connection: ${server.connection()}, create: "echo $$ > ${pidFile}; exec sleep 600" }`;
  const output = await stack.failingUp(program({ endless }, 'customTimeouts: { create: "2s" }'));
  expect(output).toContain("error: took longer than 2 s (customTimeouts sets the limit): running");
  await untilEnded(await processIdIn(pidFile));
});

test("files and texts are copied, and copied again when they change", async () => {
  const file = join(stack.dir, "file");
  const target = join(stack.dir, "made", "folders");
  const copies = (text: string) => `import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
const connection = ${server.connection()};
new command.remote.CopyToRemote("text", { connection, source: new pulumi.asset.StringAsset("${text}"), remotePath: "${target}/text" });
new command.remote.CopyToRemote("file", { connection, source: new pulumi.asset.FileAsset("file"), remotePath: "${server.dir}" });`;
  await writeFile(file, "from a file");
  await stack.up(copies("one"));
  expect(await readFile(join(target, "text"), "utf8")).toBe("one");
  expect(await readFile(join(server.dir, "file"), "utf8")).toBe("from a file");
  await stack.up(copies("two"));
  expect(await readFile(join(target, "text"), "utf8")).toBe("two");
});
