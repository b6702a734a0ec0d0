import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NodePool, type NodePoolArgs } from "../../../components/node-pool.ts";
import { checkMachines } from "../../../operations/machines/check-machines.ts";
import { machine } from "../../support/cluster-args.ts";
import { deploy } from "../../support/deploy.ts";
import type { FakeOpenStack } from "../../support/fake-openstack.ts";
import { startSignedIn } from "../../support/signed-in.ts";
import { stateOf } from "../../support/stack-state.ts";

const SERVER = "openstack:compute/instance:Instance";
const POOL = "urn:pulumi:test::caravan::caravan:index:NodePool";

const args: NodePoolArgs = {
  count: 2,
  machine,
  clusterName: "demo",
  pool: "web",
  kubernetesVersion: "1.36.3",
  network: { networkId: "network", subnetId: "subnet", securityGroups: ["nodes"] },
  join: { endpoint: "10.40.0.10:6443", ca: "ABC", controlPlanes: [] },
  ssh: { user: "debian", port: 22, privateKey: "key", publicKey: "ssh-ed25519 AAAA demo" },
};

let cloud: FakeOpenStack;
let warnings: string[];
beforeEach(async () => {
  cloud = await startSignedIn();
  warnings = [];
  vi.spyOn(pulumi.log, "warn").mockImplementation(async (message) => void warnings.push(message));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  cloud.stop();
});

/** Makes a state with the pool's servers and their triggers. */
const stateWith = (...triggers: (string | undefined)[]) =>
  stateOf(
    triggers.map((replacementTrigger, key) => ({
      urn: `${POOL}$${SERVER}::demo-web-${key}`,
      type: SERVER,
      id: `id-${key}`,
      parent: `${POOL}::demo-web`,
      inputs: { metadata: { "caravan-cluster": "demo" } },
      outputs: { name: `demo-web-${key}-1234567` },
      ...{ replacementTrigger },
    })),
  );

const nova = (...statuses: string[]) => {
  cloud.objects.servers = statuses.map((status, key) => ({ id: `id-${key}`, status, tags: ["caravan-cluster=demo"] }));
};

/** Runs a program on a state with these triggers, and returns the trigger of each server in its plan. */
async function triggers(...given: (string | undefined)[]): Promise<unknown[]> {
  const plan = await deploy(async () => {
    await checkMachines(stateWith(...given));
    new NodePool("demo-web", args);
  });
  return plan.filter(({ type }) => type === SERVER).map(({ replacementTrigger }) => replacementTrigger);
}

it("gives every worker a trigger, so that a later one recreates it", async () => {
  nova("ACTIVE", "ACTIVE");
  expect(await triggers(undefined, "")).toEqual(["", ""]);
  expect(warnings).toEqual([]);
});

it("gives no trigger when the machines were not checked", async () => {
  const plan = await deploy(() => new NodePool("demo-web", args));
  expect(plan.map(({ replacementTrigger }) => replacementTrigger)).toEqual(Array(6).fill(undefined));
});

it("recreates a lost worker and leaves the others", async () => {
  nova("ACTIVE");
  expect(await triggers("id-of-then", "")).toEqual(["id-of-then", "id-1"]);
  expect(warnings).toEqual(["worker demo-web-1-1234567 (id-1): OpenStack has no such server any more; this run recreates it"]);
});

it("keeps the triggers of workers when the cloud does not answer or is another one", async () => {
  nova();
  expect(await triggers("id-of-then", "")).toEqual(["id-of-then", ""]);
  cloud.services = [];
  expect(await triggers("id-of-then", "")).toEqual(["id-of-then", ""]);
  expect(warnings).toEqual([
    "OpenStack knows none of the stack's 2 servers, so this run recreates none: do these credentials, project and region belong to the stack? Replace a server that is gone with `pulumi up --replace URN`",
    'whether the stack\'s machines run was not found out: OpenStack has no public endpoint of the service "compute"; `openstack catalog list` shows those that there are',
  ]);
});
