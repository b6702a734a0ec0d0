import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ensureRandomFile } from "../../../devcloud/support/random-file.ts";

it("gives the same text to all callers at the same time, and leaves no other file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "random-file-"));
  try {
    const file = join(folder, "passphrase");
    const read = async () => readFileSync(await ensureRandomFile(file), "utf8");
    const texts = await Promise.all(Array.from({ length: 20 }, read));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toMatch(/^[\w-]{32}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["passphrase"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
