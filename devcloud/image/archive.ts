import { run } from "../support/run.ts";

// The same content makes the same archive: no user names or times of this machine.
const reproducible = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];

export interface ArchiveOptions {
  /** Store the targets of symbolic links instead of the links. @default false */
  followLinks?: boolean;
  /** Mode of all files and folders. @default their own */
  mode?: string;
}

/** Packs a folder's content into a tar file. */
export async function packFolder(folder: string, file: string, options: ArchiveOptions = {}): Promise<void> {
  const choices = [...(options.followLinks ? ["--dereference"] : []), ...(options.mode === undefined ? [] : [`--mode=${options.mode}`])];
  await run("tar", [...reproducible, ...choices, "--create", `--file=${file}`, `--directory=${folder}`, "."], { deadline: 600 });
}
