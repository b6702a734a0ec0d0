import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { link, rm, writeFile } from "node:fs/promises";

/** Makes a file with a random text for its owner only, if it does not exist. All that make it at once get the same, complete text. */
export async function ensureRandomFile(file: string): Promise<string> {
  if (existsSync(file)) return file;
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  try {
    await link(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(own);
  }
  return file;
}
