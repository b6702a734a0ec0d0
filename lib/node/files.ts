/** File that is written on a node. */
export interface NodeFile {
  /** Absolute path. Missing folders are created. */
  path: string;
  /** Permissions in octal, like "0600". */
  mode: string;
  /** Text of the file. */
  content: string;
}

/** Encodes files for the scripts: one line a file, with mode, path and base64 content. */
export function encodeNodeFiles(files: readonly NodeFile[]): string {
  return files.map(({ path, mode, content }) => `${mode} ${path} ${Buffer.from(content).toString("base64")}\n`).join("");
}
