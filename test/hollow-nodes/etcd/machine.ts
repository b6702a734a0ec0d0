import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { programFiles } from "../../../lib/etcd-backup/files.ts";

/** age that only reverses bytes, and refuses what is damaged or another's. Its private key is "AGE-SECRET-KEY-" and the rest of the public one. */
const AGE = `#!/usr/bin/python3
import sys
arguments = sys.argv[1:]
path = arguments[-1]
target = arguments[arguments.index("--output") + 1]
content = open(path, "rb").read()
if "--decrypt" in arguments:
    assert arguments[arguments.index("--identity") + 1] == "-"
    key = sys.stdin.read().strip().replace("AGE-SECRET-KEY-", "age1").encode()
    if not content.startswith(key + b"\\n"):
        sys.exit("age: error: no identity matched any of the recipients")
    result = content[len(key) + 1 :][::-1]
else:
    key = arguments[arguments.index("--recipient") + 1]
    if not key.startswith("age1"):
        sys.exit("age: error: malformed recipient " + key)
    result = key.encode() + b"\\n" + content[::-1]
open(target, "wb").write(result)
`;

/** kubectl that keeps the patches of the record. */
const KUBECTL = (at: string) => `#!/bin/bash
printf '%s\\n' "$*" >>'${at}/kubectl-calls'
`;

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Machine with the program of backups, and stand-ins of age and kubectl. */
export class BackupMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "backup-"));

  constructor() {
    mkdirSync(join(this.folder, "bin"));
    mkdirSync(join(this.folder, "program"));
    for (const [name, text] of Object.entries({ age: AGE, kubectl: KUBECTL(this.folder) })) {
      writeFileSync(join(this.folder, "bin", name), text);
      chmodSync(join(this.folder, "bin", name), 0o755);
    }
    for (const { path, content } of programFiles()) writeFileSync(join(this.folder, "program", path.split("/").at(-1)!), content);
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
  }

  /** Runs a module of the program with its settings in a file. */
  run(module: string, settings: object, ...options: string[]): Promise<Outcome> {
    writeFileSync(join(this.folder, "settings.json"), JSON.stringify(settings));
    return this.#python([join(this.folder, "program", `${module}.py`), join(this.folder, "settings.json"), ...options], "");
  }

  /** Runs a module of the program with its settings on standard input. */
  runFromInput(module: string, settings: object, ...options: string[]): Promise<Outcome> {
    return this.#python([join(this.folder, "program", `${module}.py`), ...options], JSON.stringify(settings));
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  #python(args: string[], input: string): Promise<Outcome> {
    const env = { ...process.env, PATH: `${join(this.folder, "bin")}:${process.env.PATH}` };
    const child = spawn("/usr/bin/python3", ["-IB", ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
    const outcome = { code: null as number | null, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      outcome.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      outcome.stderr += text;
    });
    child.stdin.end(input);
    return new Promise((resolve) => child.on("close", (code) => resolve({ ...outcome, code })));
  }
}
