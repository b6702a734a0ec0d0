import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { pulumi, type Stack, stackConfig, stackOutput } from "../../../devcloud/stack.ts";
import { configure, destroy, up } from "../support/cluster.ts";
import { inventory } from "../support/openstack.ts";
import { sshTo } from "../support/ssh.ts";

// A cluster whose API has no address outside: only the bastion's SSH can be reached from the machine that runs Pulumi.
const STACK = "e2e-private";
const ADDRESS = "10.40.0.5";

let stack: Stack;
let destroyed = false;

beforeAll(async () => {
  stack = await configure(STACK, await changes());
  await up(stack);
});

afterAll(async () => {
  if (stack && !destroyed) await destroy(stack);
});

/** Returns the scenario's configuration, with further settings of Cilium. */
async function changes(extraConfig: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const cni = (await stackConfig("mini"))["caravan:cni"] as { values: object };
  return {
    "caravan:apiEndpoint": { type: "vip", address: ADDRESS, floatingIp: false, allowedCidrs: ["172.24.4.0/22"] },
    "caravan:ssh": { bastion: { machine: { image: "node", flavor: "node.small" } } },
    "caravan:pools": { default: { count: 1, machine: { image: "node", flavor: "node.small" } } },
    "caravan:cni": { ...cni, values: { ...cni.values, extraConfig } },
  };
}

/** Runs kubectl on the control plane, because nobody else reaches the API. */
async function kubectl(args: string): Promise<string> {
  const [controlPlane] = await stackOutput<{ name: string; address: string }[]>(stack, "controlPlanes");
  const { run } = await sshTo({ stack } as Parameters<typeof sshTo>[0], controlPlane!);
  return run(`kubectl --kubeconfig /etc/kubernetes/admin.conf ${args}`);
}

it("has an API that this machine does not reach, and a network plugin all the same", async () => {
  const connect = ["timeout", "5", "bash", "-c", `</dev/tcp/${ADDRESS}/8443`];
  await expect(onDevcloud(connect, { deadline: 20 })).rejects.toThrow();
  await expect
    .poll(() => kubectl("get nodes --no-headers --output custom-columns=:.status.conditions[-1].type,:.status.conditions[-1].status"), {
      timeout: 120_000,
      interval: 3000,
    })
    .toMatch(/^Ready +True\nReady +True\n$/);
  expect(await kubectl("-n kube-system get secret -l owner=helm,name=cilium --output jsonpath='{.items[*].metadata.labels.status}'")).toBe(
    "deployed",
  );
});

it("has no changes in a preview and in a second run, whose tunnel is another", async () => {
  await pulumi(stack, ["preview", "--expect-no-changes"], { deadline: 300 });
  expect(await up(stack)).toEqual({ same: expect.any(Number) });
});

it("gets a changed chart through the bastion", async () => {
  await configure(STACK, await changes({ "e2e-private": "upgraded" }));
  expect(await up(stack)).toEqual({ update: 1, same: expect.any(Number) });
  expect(await kubectl("-n kube-system get configmap cilium-config --output 'jsonpath={.data.e2e-private}'")).toBe("upgraded");
});

it("leaves nothing when it is destroyed, without its program", async () => {
  await pulumi(stack, ["destroy", "--yes", "--skip-preview", "--remove"], { deadline: 600 });
  destroyed = true;
  expect(Object.values(await inventory(STACK)).flat()).toEqual([]);
});
