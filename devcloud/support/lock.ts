import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** Runs work while this process holds the lock of a file. Waits at most `deadline` seconds for the lock. */
export async function withLock<T>(file: string, deadline: number, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, "a");
  try {
    await takeLock(handle.fd, file, deadline);
    return await work();
  } finally {
    await handle.close();
  }
}

// flock(2) locks the open file, which flock(1) inherits. So this process keeps the lock, and the lock ends with it in any case.
function takeLock(descriptor: number, file: string, deadline: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn("flock", ["--exclusive", "--timeout", String(deadline), "3"], { stdio: ["ignore", "ignore", "ignore", descriptor] });
  child.on("error", reject);
  child.on("close", (code) => {
    if (code === 0) resolve();
    else
      reject(
        new Error(
          `${file} is still locked by another process after ${deadline} s: let it end (\`fuser ${file}\` names it), then try again`,
        ),
      );
  });
  return promise;
}
