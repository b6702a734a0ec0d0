import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { withLock } from "../../../devcloud/support/lock.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";

const folder = mkdtempSync(join(tmpdir(), "lock-"));
afterAll(() => rm(folder, { recursive: true }));

test("work under one lock runs one after the other", async () => {
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    events.push(`${name} ends`);
    return name;
  };
  const file = join(folder, "turns");
  expect(await Promise.all([withLock(file, 10, work("a")), withLock(file, 10, work("b"))])).toEqual(["a", "b"]);
  expect(events.map((event) => event.split(" ")[1])).toEqual(["begins", "ends", "begins", "ends"]);
});

test("a lock that is held too long is an error that names its file", async () => {
  const file = join(folder, "held");
  await withLock(file, 10, async () => {
    await expect(withLock(file, 0, async () => {})).rejects.toThrow(`${file} is still locked by another process after 0 s`);
  });
});

test("a lock ends with its killed holder", async () => {
  const file = join(folder, "killed");
  const program = `
    import { withLock } from "${repositoryDir}devcloud/support/lock.ts";
    await withLock("${file}", 10, () => new Promise(() => console.log("holding")));
  `;
  const holder = spawn(process.execPath, ["--input-type=module-typescript", "--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  holder.kill("SIGKILL");
  expect(await withLock(file, 10, async () => "free")).toBe("free");
});
