import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Stack } from "../../engine/support/stack.ts";

it("has only files that Pulumi replaces as a whole, so that no kill leaves an unreadable state", async () => {
  const stack = await Stack.create();
  onTestFinished(() => stack.remove());
  const entries = await readdir(join(stack.dir, "state"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  expect(files.sort()).toEqual(["meta.yaml", "test.json", "test.json.bak"]);
});
