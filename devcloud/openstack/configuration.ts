import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataDir, runDir } from "../support/paths.ts";
import { writeOwned } from "./files.ts";
import type { Passwords } from "./passwords.ts";

/** Generated section of a configuration file, because several services share it. */
export type Section = (passwords: Passwords) => string;

/** Configuration file, made from a template in etc/ and written to the data folder. */
export interface ConfigurationFile {
  name: string;
  /** Sections that follow the template. OpenStack's parser merges sections of the same name. */
  sections?: readonly Section[];
  /** System user that may read it. @default root */
  owner?: string;
}

const templates = new URL("etc/", import.meta.url);

/** Returns the path of a finished configuration file. */
export function configurationPath(name: string): string {
  return join(dataDir, "etc", name);
}

/** Writes the configuration files. Only their owners can read them, since they contain passwords. */
export async function writeConfiguration(files: readonly ConfigurationFile[], passwords: Passwords): Promise<void> {
  await Promise.all(
    files.map(async ({ name, sections = [], owner = "root" }) => {
      const template = await readFile(new URL(name, templates), "utf8");
      await writeOwned(configurationPath(name), renderConfiguration(template, sections, passwords), owner);
    }),
  );
}

/** Fills a template's placeholders and appends the generated sections. */
export function renderConfiguration(template: string, sections: readonly Section[], passwords: Passwords): string {
  const values: Record<string, string> = { dataDir, runDir, ...passwords };
  const filled = template.replaceAll(/@(\w+)@/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`unknown placeholder ${placeholder}; known: ${Object.keys(values).join(", ")}`);
    return value;
  });
  return `${[filled.trimEnd(), ...sections.map((section) => section(passwords).trim())].join("\n\n")}\n`;
}
