import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { goBuild } from "../../../devcloud/toolchain/build.ts";
import { tools } from "../../../devcloud/toolchain/tools.ts";

// The program itself, built as for the image. Where Go is missing, there is nothing to build it.
const hasGo = spawnSync("go", ["version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "pause-"));
const pause = join(folder, "pause");

beforeAll(async () => {
  if (hasGo) await goBuild(tools.pause, tools.pause.builds[0], folder, join(folder, "log"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.skipIf(!hasGo)("prints its version and ends when it is asked for it, as kubeadm does before an upgrade", () => {
  const { status, stdout } = spawnSync(pause, ["-v"], { encoding: "utf8", timeout: 10_000 });
  expect([status, stdout]).toEqual([0, `pause ${tools.pause.version}\n`]);
});

it.skipIf(!hasGo)("waits until it is told to stop otherwise", async () => {
  const child = spawn(pause, { stdio: "ignore" });
  await setTimeout(300);
  expect([child.exitCode, existsSync(`/proc/${child.pid}`)]).toEqual([null, true]);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});
