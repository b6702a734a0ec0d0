import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataDir, runDir } from "../support/paths.ts";
import { writeOwned } from "./files.ts";
import type { Passwords } from "./passwords.ts";

/** A part of a configuration file that is made from the passwords, because several services repeat it. */
export type Section = (passwords: Passwords) => string;

/** A file of etc/ that is filled in and written to the data folder. */
export interface ConfigurationFile {
  name: string;
  /** Appended to the template; sections of the same name are merged by OpenStack's own parser. */
  sections?: readonly Section[];
  /** System user who may read it. @default root */
  owner?: string;
}

const templates = new URL("etc/", import.meta.url);

/** Where the finished configuration file lies. */
export function configurationPath(name: string): string {
  return join(dataDir, "etc", name);
}

/** Writes the configuration files, readable by their owners only since they hold passwords. */
export async function writeConfiguration(files: readonly ConfigurationFile[], passwords: Passwords): Promise<void> {
  await Promise.all(
    files.map(async ({ name, sections = [], owner = "root" }) => {
      const template = await readFile(new URL(name, templates), "utf8");
      await writeOwned(configurationPath(name), renderConfiguration(template, sections, passwords), owner);
    }),
  );
}

/** Fills a template's placeholders and appends its generated sections. */
export function renderConfiguration(template: string, sections: readonly Section[], passwords: Passwords): string {
  const values: Record<string, string> = { dataDir, runDir, ...passwords };
  const filled = template.replaceAll(/@(\w+)@/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`unknown placeholder ${placeholder}; known: ${Object.keys(values).join(", ")}`);
    return value;
  });
  return `${[filled.trimEnd(), ...sections.map((section) => section(passwords).trim())].join("\n\n")}\n`;
}
