import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stateFolderUrl } from "../../../devcloud/support/state-folder.ts";

/** Backend of a stack's state. */
export interface StateBackend {
  /** Value of PULUMI_BACKEND_URL. */
  url: string;
  /** Environment variables that Pulumi needs to reach it. @default none */
  environment?: Record<string, string>;
  /** Reads a file of the backend. */
  read(path: string): Promise<Buffer>;
}

/** Makes a backend in a folder of this machine. */
export async function folderBackend(dir: string): Promise<StateBackend> {
  await mkdir(dir, { recursive: true });
  return { url: stateFolderUrl(dir), read: (path) => readFile(join(dir, path)) };
}
