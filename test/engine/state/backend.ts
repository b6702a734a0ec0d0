import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stateFolderUrl } from "../../../devcloud/support/state-folder.ts";

/** Where Pulumi keeps the state of a stack. */
export interface StateBackend {
  /** What PULUMI_BACKEND_URL says. */
  url: string;
  /** Variables that Pulumi needs to get there. @default none */
  environment?: Record<string, string>;
  /** A file of the backend. */
  read(path: string): Promise<Buffer>;
}

/** A backend in a folder of this machine, which is made. */
export async function folderBackend(dir: string): Promise<StateBackend> {
  await mkdir(dir, { recursive: true });
  return { url: stateFolderUrl(dir), read: (path) => readFile(join(dir, path)) };
}
