import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { StackState } from "../components/index.ts";

let state: Promise<StackState> | undefined;

/** The stack's state at the beginning of this run, read once; reading it needs no lock. */
export function ownState(): Promise<StackState> {
  state ??= exported();
  return state;
}

async function exported(): Promise<StackState> {
  const command = ["stack", "export", "--stack", pulumi.getStack(), "--non-interactive"];
  const { stdout } = await promisify(execFile)("pulumi", command, { timeout: 60_000, maxBuffer: 1024 ** 3 });
  return JSON.parse(stdout);
}
