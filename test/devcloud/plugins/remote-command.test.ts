import { afterAll, beforeAll, expect, test } from "vitest";
import { SshServer } from "./support/ssh-server.ts";
import { Stack } from "./support/stack.ts";

let stack: Stack;
let server: SshServer;
beforeAll(async () => {
  server = await SshServer.create();
  await server.start();
  stack = await Stack.create();
}, 60_000);
afterAll(async () => {
  await stack.remove();
  await server.stop();
});

function program(args: string, options = ""): string {
  return `import * as command from "@pulumi/command";
const remote = new command.remote.Command("remote", ${args}, {${options}});
export const stdout = remote.stdout;`;
}

test("the state is what the official plugin writes", async () => {
  await stack.up(
    program(
      `{ connection: ${server.connection()}, create: "cat; echo created", update: "echo updated", delete: "true", stdin: "in1", triggers: [1], logging: "none", addPreviousOutputInEnv: false }`,
    ),
  );
  console.log(JSON.stringify(await stack.resource("command:remote:Command"), null, 1));
  console.log(await stack.pulumi("preview", "--diff"));
});
