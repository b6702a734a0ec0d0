import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isRecent, rememberedFor } from "../../../devcloud/toolchain/download.ts";

test("a failed download is remembered for some hours and then forgotten", () => {
  const folder = mkdtempSync(join(tmpdir(), "download-"));
  const failure = join(folder, "failure");
  expect(isRecent(failure, Date.now())).toBe(false);
  writeFileSync(failure, "");
  const written = statSync(failure).mtimeMs;
  expect(isRecent(failure, written + rememberedFor * 1000 - 1)).toBe(true);
  expect(isRecent(failure, written + rememberedFor * 1000)).toBe(false);
  rmSync(folder, { recursive: true });
});
