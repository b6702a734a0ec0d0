import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import { phasesInput, rotated } from "../../lib/rotation/keyrings.ts";
import type { ControlPlaneCredentials } from "../pki/credentials.ts";
import { onFirst } from "../ssh/fan-out.ts";
import type { NodeMachine } from "../ssh/node-machine.ts";
import type { SshAccess } from "../ssh/ssh-access.ts";

/** Seconds for what follows a step of a rotation. Most of it is for writing all Secrets anew. */
const COMPLETION_SECONDS = 3600;

export interface CompleteRotationArgs {
  machines: NodeMachine[];
  ssh: SshAccess;
  credentials: ControlPlaneCredentials;
}

/**
 * Completes the step of a rotation when all control planes have it, and records the phases as done. Returns what must be known before the
 * control planes count as ready; nothing for a cluster that rotates nothing.
 */
export function completeRotation(
  name: string,
  { machines, ssh, credentials: { rotation = {}, lifetime } }: CompleteRotationArgs,
  started: pulumi.Resource,
  parent: pulumi.Resource,
): pulumi.Output<unknown>[] {
  if (rotated(rotation).length === 0) return [];
  const input = { KEY_PHASES: phasesInput(rotation) };
  const task = { machines, ssh, script: "completeRotation", input, deadline: COMPLETION_SECONDS } as const;
  const completed = onFirst(`${name}-keys`, task, { parent, dependsOn: started, ...defined({ deletedWith: lifetime }) });
  const done = new pulumi.Stash(`${name}-rotation`, { input: rotation }, { parent, dependsOn: completed });
  return [completed.id, done.id];
}
