import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type KubernetesClusterArgs, OrphansServe, prepareRun, QuotaShortage } from "../../components/index.ts";
import type { StackState } from "../../operations/orphans/orphans.ts";
import { MissingServices } from "../../operations/run/needed-services.ts";
import type { FakeOpenStack } from "../support/fake-openstack.ts";
import { startSignedIn } from "../support/signed-in.ts";
import { generated, resource, stateOf } from "../support/stack-state.ts";

const machine = { image: "node", flavor: "small" };
const args: KubernetesClusterArgs = {
  network: { externalNetwork: "public", cidr: "10.40.0.0/16" },
  apiEndpoint: { type: "floatingIp", allowedCidrs: ["198.51.100.0/24"] },
  controlPlane: { count: 1, machine },
};
const lost = stateOf([], [resource("Network", "demo", generated("demo-1234567"))]);
const LIMITS = { absolute: { maxTotalInstances: 0, totalInstancesUsed: 0 } };

let cloud: FakeOpenStack;
let warnings: string[];

beforeEach(async () => {
  cloud = await startSignedIn();
  cloud.objects.networks = [{ id: "n1", name: "demo-1234567" }];
  warnings = [];
  vi.spyOn(pulumi.log, "info").mockResolvedValue();
  vi.spyOn(pulumi.log, "warn").mockImplementation(async (text) => void warnings.push(text));
  await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
});

afterEach(() => {
  cloud.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const prepare = (readState: () => Promise<StackState> = async () => lost) => prepareRun("demo", args, { readState, settleSeconds: 0 });

it("stops at credentials that the cloud does not accept, with that as the only error", async () => {
  cloud.refusals.set("/v3/auth/tokens", [401]);
  const error = await prepare().catch((reason) => reason);
  expect(error).toBeInstanceOf(pulumi.RunError);
  expect(error.message).toBe(
    `OpenStack at ${cloud.url}/v3 cannot be used: it does not accept the credentials (POST ${cloud.url}/v3/auth/tokens: 401 refused by the test); look at those in clouds.yaml or in OS_*`,
  );
  expect(cloud.requests).toEqual(["POST /v3/auth/tokens"]);
});

it("stops at a cloud without a service that the cluster needs, before anything else is asked", async () => {
  cloud.services = ["compute", "network"];
  const volume = { size: 20 };
  const needy: KubernetesClusterArgs = {
    ...args,
    apiEndpoint: { type: "octavia", allowedCidrs: ["198.51.100.0/24"], dns: { zone: "example.com" } },
    pools: { ssd: { count: 1, machine: { ...machine, volume } } },
  };
  const error = await prepareRun("demo", needy, { readState: async () => lost }).catch((reason) => reason);
  expect(error).toBeInstanceOf(MissingServices);
  expect(error.message).toBe(
    [
      'Kubernetes cluster "demo" needs services of which its OpenStack project sees no endpoint:',
      '  load-balancer (Octavia), for apiEndpoint.type "octavia": take the type "vip", or "floatingIp" for one control plane',
      "  dns (Designate), for apiEndpoint.dns: leave it out, and make the record elsewhere",
      "  volumev3 (Cinder), for pools.ssd.machine.volume: leave it out, and choose a flavor with a disk of its own",
    ].join("\n"),
  );
  expect(cloud.requests).toEqual(["POST /v3/auth/tokens"]);
});

it("needs no service that the cluster does not use, and names a wrong region", async () => {
  cloud.services = ["compute", "network"];
  await prepare();
  const elsewhere = prepareRun("demo", args, { readState: async () => lost, settleSeconds: 0, region: "Nowhere" });
  await expect(elsewhere).rejects.toThrow(/compute \(Nova\), for all machines: correct the region[\s\S]*network \(Neutron\)/);
});

it("stops at an orphan in use", async () => {
  cloud.objects.ports = [{ id: "p1", name: "p-1234567", device_id: "s1" }];
  const served = stateOf([], [resource("Port", "p", generated("p-1234567"))]);
  await expect(prepare(async () => served)).rejects.toBeInstanceOf(OrphansServe);
});

it("removes orphans even when the quota is too small", async () => {
  cloud.answers.set("/compute/limits", { limits: LIMITS });
  await expect(prepare()).rejects.toBeInstanceOf(QuotaShortage);
  expect(cloud.objects.networks).toEqual([]);
});

it("stops at a name that OpenStack does not have, and removes orphans all the same", async () => {
  cloud.objects.availabilityZoneInfo = [{ zoneName: "nova" }];
  const named = { ...args, controlPlane: { machine: { ...machine, availabilityZones: ["nova1"] } } };
  await expect(prepareRun("demo", named, { readState: async () => lost, settleSeconds: 0 })).rejects.toThrow(
    'controlPlane.machine.availabilityZones[0]: there is no availability zone "nova1" for this project; use "nova"',
  );
  expect(cloud.objects.networks).toEqual([]);
});

it("warns when it cannot search for orphans, and goes on", async () => {
  await prepare(() => Promise.reject(new Error("the stack's state cannot be read")));
  expect(warnings).toContain("what an earlier run may have left in OpenStack was not removed: the stack's state cannot be read");
});
