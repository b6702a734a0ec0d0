import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { provide } from "../../devcloud/toolchain/provide.ts";
import { METADATA_POLICY } from "../../lib/cni/metadata-access.ts";
import { ApiServer } from "./support/api-server.ts";
import { Stack } from "./support/stack.ts";
import { writeTinyChart } from "./support/tiny-chart.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** Custom resource definition that Cilium's operator creates. */
const KIND = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "ciliumclusterwidenetworkpolicies.cilium.io" },
  spec: {
    group: "cilium.io",
    scope: "Cluster",
    names: { kind: "CiliumClusterwideNetworkPolicy", plural: "ciliumclusterwidenetworkpolicies" },
    versions: [
      {
        name: "v2",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

let server: ApiServer;
let stack: Stack;
beforeAll(async () => {
  const { helm } = await provide(["helm"]);
  server = await ApiServer.start();
  stack = await Stack.create({}, [helm]);
  await writeTinyChart(stack.dir, {});
});
afterAll(async () => {
  await stack?.remove();
  await server?.stop();
});

async function apply(object: object): Promise<void> {
  const file = join(server.dir, "object.json");
  await writeFile(file, JSON.stringify(object));
  await server.kubectl("apply", "-f", file);
}

it("recreates the policy that a killed run left behind", async () => {
  await apply(KIND);
  await server.kubectl("wait", "--for=condition=Established", `crd/${KIND.metadata.name}`, "--timeout=30s");
  await apply({ ...METADATA_POLICY, spec: { ...METADATA_POLICY.spec, description: "of the run before" } });
  const output = await stack.up(`import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CiliumNetwork } from "${repositoryDir}/components/cilium-network.ts";
const provider = new kubernetes.Provider("cluster", { kubeconfig: pulumi.secret(${JSON.stringify(server.kubeconfig)}) });
new CiliumNetwork("cilium", { clusterName: "demo", endpoint: "192.0.2.1:6443", chart: "./chart" }, { provider });`);
  expect(output).toContain("cilium-metadata: the policy was left by an interrupted run; it is recreated");
  const path = "-o=jsonpath={.spec.description}";
  expect(await server.kubectl("get", "ciliumclusterwidenetworkpolicies", METADATA_POLICY.metadata.name, path)).toBe(
    METADATA_POLICY.spec.description,
  );
});
