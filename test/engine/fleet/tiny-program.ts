import { existsSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { StackProgram } from "../../../fleet/runs/stack-program.ts";

/** Stands for a cluster: one resource without a plugin. Its API is that of the management cluster. */
const program: StackProgram = async ({ name, cluster }) => {
  const dir = String(cluster.dir);
  if (existsSync(`${dir}/no-room`)) throw new Error(`no room for ${name}: the password is ${process.env.OS_PASSWORD}`);
  await setTimeout(Number(cluster.seconds ?? 0) * 1000);
  const made = new pulumi.Stash(name, { input: name });
  return { kubeconfig: pulumi.secret(made.input.apply(() => readFileSync(`${dir}/kubeconfig`, "utf8"))) };
};

export default program;
