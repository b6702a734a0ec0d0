import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryDir } from "./repository.ts";

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Folder in which the bin runs, with a script of its own for Pulumi's command. */
export class CaravanCommand {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "caravan-command-")));

  /** Writes the script that stands for Pulumi's command. */
  set pulumi(script: string) {
    this.write("pulumi", script);
    chmodSync(join(this.folder, "pulumi"), 0o755);
  }

  /** Arguments of Pulumi's command, as its script has written them to the file "calls". */
  get calls(): string[] {
    return readFileSync(join(this.folder, "calls"), "utf8").trim().split("\n");
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Runs the bin. */
  run(...args: string[]): Promise<CommandResult> {
    const { promise, resolve } = Promise.withResolvers<CommandResult>();
    const env = { ...process.env, PATH: `${this.folder}:${process.env.PATH}` };
    const command = [join(repositoryDir, "commands", "main.ts"), ...args];
    execFile(process.execPath, command, { env, cwd: this.folder, timeout: 50_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    return promise;
  }
}
