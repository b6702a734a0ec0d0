import { writeFile } from "node:fs/promises";
import { expect } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { kubeconfigPath } from "../../../devcloud/kubectl.ts";
import { pulumi, type Stack } from "../../../devcloud/stack.ts";
import type { Moment } from "./interruption.ts";
import { helmsOf } from "./processes.ts";

/** Moment at which Helm has recorded that it installs or upgrades Cilium. Helm is killed as well, before it can record anything else. */
export function insideOfHelm(stack: Stack, status: "pending-install" | "pending-upgrade"): Moment {
  return {
    step: status === "pending-install" ? "creating" : "updating",
    wait: async () => {
      const statuses = await ciliumStatuses(stack);
      await expect.poll(async () => (await statuses()).at(-1), { timeout: 120_000, interval: 50 }).toBe(status);
    },
    afterwards: async () => {
      for (const helm of await helmsOf(stack)) process.kill(helm, "SIGKILL");
    },
  };
}

/** Returns a function that lists Helm's status of each revision of Cilium, with the kubeconfig in the state, however far the cluster is. */
export async function ciliumStatuses(stack: Stack): Promise<() => Promise<string[]>> {
  const { deployment } = JSON.parse(await pulumi(stack, ["stack", "export", "--show-secrets"], { deadline: 60 }));
  const resources = deployment.resources as { type: string; inputs: { kubeconfig: { plaintext: string } } }[];
  const { kubeconfig } = resources.find(({ type }) => type === "pulumi:providers:kubernetes")!.inputs;
  const path = `${kubeconfigPath(stack.name)}-helm`;
  await writeFile(path, JSON.parse(kubeconfig.plaintext), { mode: 0o600 });
  const query = ["--namespace=kube-system", "--selector=owner=helm,name=cilium", "-o=jsonpath={.items[*].metadata.labels.status}"];
  return async () => (await onDevcloud(["kubectl", "get", "secret", ...query], { deadline: 30, env: { KUBECONFIG: path } })).split(" ");
}
