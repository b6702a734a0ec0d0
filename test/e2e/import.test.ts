import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Kubectl, kubectlOf } from "../../devcloud/kubectl.ts";
import { waitForNodes } from "../../devcloud/nodes.ts";
import { pulumi, type Stack, stackConfig, writeConfig } from "../../devcloud/stack.ts";
import { dataDir } from "../../devcloud/support/paths.ts";
import { checkTraffic } from "../../devcloud/traffic.ts";
import { installExample } from "../support/packed.ts";
import { destroy, up } from "./support/cluster.ts";

const stack: Stack = { name: "e2e-import", dir: join(dataDir, "e2e-import") };
let kubectl: Kubectl;

beforeAll(async () => {
  await mkdir(stack.dir, { recursive: true });
  await installExample("import", stack.dir);
  const mini = await stackConfig("mini");
  await writeConfig(stack, {
    "caravan-import:image": "node",
    "caravan-import:flavor": "node.medium",
    "caravan-import:externalNetwork": "public",
    "caravan-import:allowedCidr": "172.24.4.0/22",
    "caravan-import:ignorePreflightErrors": mini["caravan:ignorePreflightErrors"],
    "caravan-import:kubelet": (mini["caravan:kubelet"] as { configuration: unknown }).configuration,
    "caravan-import:cilium": mini["caravan:cni"],
  });
  await pulumi(stack, ["stack", "select", "--create"], { deadline: 60 });
  await up(stack);
  kubectl = await kubectlOf(stack);
});

afterAll(async () => {
  await destroy(stack);
  await rm(stack.dir, { recursive: true });
});

it("composes a cluster in a program that has the package installed", async () => {
  // These nodes have been ready. Cilium's operator taints nodes once more when it starts after the agents.
  const nodes = await waitForNodes(kubectl, 3);
  const pools = nodes.map(({ metadata: { labels }, spec }) => [
    labels["caravan.dev/pool"],
    labels.tier,
    (spec.taints ?? []).map(({ key }) => key),
  ]);
  expect(pools).toEqual([
    ["batch", undefined, ["batch"]],
    [undefined, undefined, ["node-role.kubernetes.io/control-plane"]],
    ["web", "web", []],
  ]);
});

it("creates other objects beside the library's", async () => {
  expect(await kubectl(["get", "namespace", "shop", "-o", "jsonpath={.status.phase}"])).toBe("Active");
});

it("has a working network", async () => {
  await kubectl(["taint", "nodes", "-l", "caravan.dev/pool=batch", "batch-"]);
  expect(await checkTraffic(kubectl)).toHaveLength(2);
});
