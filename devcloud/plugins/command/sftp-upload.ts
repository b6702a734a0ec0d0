import { basename, posix } from "node:path";
import { promisify } from "node:util";
import type { Client, SFTPWrapper } from "ssh2";

/** Content to copy: a file of this machine, or a text. */
export type Source = { path: string } | { text: string };

/** Copies a file or a text to a path over SFTP, and creates the folders above it. */
export async function upload(client: Client, source: Source, remotePath: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const abort = () => client.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    const sftp = await promisify(client.sftp.bind(client) as (callback: (error: Error | undefined, sftp: SFTPWrapper) => void) => void)();
    await write(sftp, source, await target(sftp, source, remotePath));
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`cannot copy to ${remotePath}: ${(error as Error).message}`);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Returns the path to write. A file goes into an existing folder under its own name; a text has no name of its own. */
async function target(sftp: SFTPWrapper, source: Source, remotePath: string): Promise<string> {
  if (await isDirectory(sftp, remotePath)) {
    if ("path" in source) return posix.join(remotePath, basename(source.path));
    throw new Error("it is a directory; for a text asset remotePath must be a file path");
  }
  await makeDirectories(sftp, posix.dirname(remotePath));
  return remotePath;
}

async function makeDirectories(sftp: SFTPWrapper, path: string): Promise<void> {
  if (path === "." || (await isDirectory(sftp, path))) return;
  await makeDirectories(sftp, posix.dirname(path));
  await new Promise<void>((resolve, reject) => {
    sftp.mkdir(path, async (error) => {
      if (!error || (await isDirectory(sftp, path)))
        resolve(); // another process may have created it meanwhile
      else reject(new Error(`cannot make folder ${path}: ${error.message}`));
    });
  });
}

function isDirectory(sftp: SFTPWrapper, path: string): Promise<boolean> {
  return new Promise((resolve) => sftp.stat(path, (error, found) => resolve(!error && found.isDirectory())));
}

function write(sftp: SFTPWrapper, source: Source, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    if ("text" in source) sftp.writeFile(path, source.text, done);
    else sftp.fastPut(source.path, path, done);
  });
}
