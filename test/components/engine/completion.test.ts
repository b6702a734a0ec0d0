import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KubernetesCluster } from "../../../components/index.ts";
import type { KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";
import { machine, mini } from "../../support/cluster-args.ts";
import { deploy } from "../../support/deploy.ts";

const folder = join(import.meta.dirname, "..", "..", "..", "components");
const sources = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => [file, readFileSync(join(folder, file), "utf8")] as const)
  .filter(([, source]) => source.includes("extends pulumi.ComponentResource"));

it.each(sources)("registerOutputs is the last statement of the constructor in %s", (_file, source) => {
  const [, body = ""] = /\n {2}constructor\(.*?\{\n(.*?)\n {2}\}\n/s.exec(source) ?? [];
  expect(body.split("\n").findLast((line) => /^ {4}\w/.test(line))).toMatch(/^ {4}this\.registerOutputs\(/);
});

/** Cluster with every component whose parts can become orphans. */
const cluster: KubernetesClusterArgs = {
  ...mini,
  apiEndpoint: { type: "vip", allowedCidrs: ["198.51.100.0/24"], dns: { zone: "example.com" } },
  controlPlane: { machine },
  etcd: { topology: "external", members: 3, machine, dataVolume: { size: 10 } },
  ssh: { bastion: { machine } },
  pools: {},
};

// A failed resource fails the program, too, which these tests ignore.
const listeners = process.listeners("unhandledRejection");
beforeAll(() => {
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", () => {});
});
afterAll(async () => {
  await setTimeout(200); // Node reports rejections once all that waits for the failure has settled
  process.removeAllListeners("unhandledRejection");
  for (const listener of listeners) process.on("unhandledRejection", listener);
});

/** Returns the components whose outputs are registered when one resource fails, as with `--continue-on-error`. */
async function completeWithout(type = "", name = ""): Promise<string[]> {
  const complete: string[] = [];
  await deploy(() => {
    // biome-ignore lint/suspicious/noExplicitAny: the SDK's monitor is not typed
    const monitor = pulumi.runtime.getMonitor() as any;
    const { registerResource, registerResourceOutputs } = monitor;
    // biome-ignore lint/suspicious/noExplicitAny: see above
    monitor.registerResource = (request: any, callback: any) => {
      const fails = request.getName() === name && request.getType().endsWith(`:${type}`);
      // biome-ignore lint/suspicious/noExplicitAny: see above
      return registerResource.call(monitor, request, (error: unknown, response: any) => {
        if (fails) response.setResult(1);
        callback(error, response);
      });
    };
    // biome-ignore lint/suspicious/noExplicitAny: see above
    monitor.registerResourceOutputs = (request: any, callback: unknown) => {
      complete.push(request.getUrn().split("::").pop());
      return registerResourceOutputs.call(monitor, request, callback);
    };
    new KubernetesCluster("demo", cluster);
  });
  return complete;
}

it("all components of a cluster without failures have outputs", async () => {
  expect((await completeWithout()).sort()).toEqual([
    "demo",
    "demo-api",
    "demo-bastion",
    "demo-cilium",
    "demo-control-plane",
    "demo-etcd",
    "demo-network",
    "demo-pki",
    "demo-ssh",
  ]);
});

it.each([
  ["Network", "demo-network", "demo-network"],
  ["Router", "demo-network", "demo-network"],
  ["Subnet", "demo-network", "demo-network"],
  ["SecGroup", "demo-network-nodes", "demo-network"],
  ["SecGroupRule", "demo-network-nodes-internal", "demo-network"],
  ["FloatingIp", "demo-api", "demo-api"],
  ["RecordSet", "demo-api", "demo-api"],
  ["FloatingIp", "demo-bastion", "demo-bastion"],
  ["SecGroup", "demo-bastion", "demo-bastion"],
  ["SecGroupRule", "demo-bastion-ssh-198-51-100-0-24", "demo-bastion"],
  ["Port", "demo-control-plane-0", "demo-control-plane"],
  ["Instance", "demo-control-plane-0", "demo-control-plane"],
  ["Port", "demo-etcd-1", "demo-etcd"],
  ["Instance", "demo-etcd-1", "demo-etcd"],
  ["Volume", "demo-etcd-1-data", "demo-etcd"],
])("a failure of %s %s, which may have left an orphan, leaves %s without outputs", async (type, name, component) => {
  const complete = await completeWithout(type, name);
  expect(complete).toContain("demo-pki");
  expect(complete).not.toContain(component);
});
