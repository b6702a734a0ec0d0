import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataDir } from "../support/paths.ts";
import { run } from "../support/run.ts";
import type { Component } from "./component.ts";
import { ensureOwnedDirectory } from "./files.ts";
import { endWithParent, insideServices } from "./namespace.ts";
import type { Passwords } from "./passwords.ts";

const serverDir = join(dataDir, "mariadb");
const socket = join(serverDir, "mariadb.sock");
const schemaMarker = join(dataDir, "databases-ready");

const account = "'openstack'@'127.0.0.1'";

/** Returns whether a start has completed the databases. */
export function databasesExist(): boolean {
  return existsSync(schemaMarker);
}

/** Creates the database server's own files, and recreates them until the databases are complete. */
export async function ensureDatabaseServer(): Promise<void> {
  if (databasesExist()) return;
  await rm(serverDir, { recursive: true, force: true });
  await ensureOwnedDirectory(serverDir, "mysql");
  const install = [
    "mariadb-install-db",
    "--user=mysql",
    `--datadir=${serverDir}`,
    "--auth-root-authentication-method=socket",
    "--skip-test-db",
  ];
  const [command, ...args] = [...endWithParent, "unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child", "--", ...install];
  await run(command!, args, { deadline: 120, log: join(dataDir, "log", "mariadb-install.log") });
}

/** Creates and fills the databases of all components, once. */
export async function ensureDatabases(components: readonly Component[], passwords: Passwords): Promise<void> {
  if (databasesExist()) return;
  await sql(databaseStatements(components, passwords));
  await Promise.all(components.map((component) => fill(component, passwords)));
  await writeFile(schemaMarker, "");
}

/** Creates and fills the databases of one more component, once. It recreates them until they are complete. */
export async function ensureMoreDatabases(name: string, component: Component, passwords: Passwords): Promise<void> {
  const marker = `${schemaMarker}-${name}`;
  if (existsSync(marker)) return;
  const names = component.databases ?? [];
  await sql([...names.map((database) => `DROP DATABASE IF EXISTS ${database};`), ...creation(names)].join("\n"));
  await fill(component, passwords);
  await writeFile(marker, "");
}

/** Writes the SQL that creates empty databases and their user. */
export function databaseStatements(components: readonly Component[], passwords: Passwords): string {
  const names = components.flatMap((component) => component.databases ?? []);
  return [`CREATE USER ${account} IDENTIFIED BY '${passwords.database}';`, ...creation(names)].join("\n");
}

function creation(names: readonly string[]): string[] {
  return names.flatMap((name) => [`CREATE DATABASE ${name} CHARACTER SET utf8mb3;`, `GRANT ALL ON ${name}.* TO ${account};`]);
}

async function fill({ schema = [] }: Component, passwords: Passwords): Promise<void> {
  for (const step of schema) {
    const [command, ...args] = insideServices(step);
    const env = { OS_BOOTSTRAP_PASSWORD: passwords.admin };
    await run(command!, args, { deadline: 300, log: join(dataDir, "log", "databases.log"), env });
  }
}

async function sql(statements: string): Promise<void> {
  await run("mariadb", [`--socket=${socket}`, "--user=root"], { deadline: 60, input: statements });
}
