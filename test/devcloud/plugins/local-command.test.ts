import { afterAll, beforeAll, expect, test } from "vitest";
import { Stack } from "./support/stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.create();
}, 60_000);
afterAll(() => stack.remove());

function program(args: string, options = ""): string {
  return `import * as command from "@pulumi/command";
const local = new command.local.Command("local", ${args}, {${options}});
export const stdout = local.stdout;`;
}

test("the state is what the official plugin writes", async () => {
  await stack.up(
    program(
      `{ create: "cat; echo created", update: "echo updated", delete: "true", stdin: "in1", environment: { A: "b" }, triggers: [1], logging: "none" }`,
    ),
  );
  console.log(JSON.stringify(await stack.resources(), null, 1));
});
