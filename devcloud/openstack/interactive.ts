import { spawn } from "node:child_process";
import { constants } from "node:os";
import { insideNamespace } from "./namespace.ts";

/** Runs a command in the cloud's network on this terminal and returns its exit code. */
export function runInteractively(words: readonly string[], env: Record<string, string>): Promise<number> {
  return onThisTerminal(insideNamespace(words), env);
}

/** Runs a command on this terminal and returns its exit code. */
export function onThisTerminal(words: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const [command, ...args] = words;
  const child = spawn(command!, args, { stdio: "inherit", env: { ...process.env, ...env } });
  // The terminal sends Ctrl-C to the command as well, and the command handles it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", reject);
  child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  return promise;
}
