/** A file to be written on a node. */
export interface NodeFile {
  /** Absolute path; folders are made. */
  path: string;
  /** Permission bits in octal, like "0600". */
  mode: string;
  /** The text of the file. */
  content: string;
}

/** Files as lines of mode, path and base64 content: the form in which the scripts take them. */
export function encodeNodeFiles(files: readonly NodeFile[]): string {
  return files.map(({ path, mode, content }) => `${mode} ${path} ${Buffer.from(content).toString("base64")}\n`).join("");
}
