import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OpenStack } from "../../../clients/openstack/client.ts";
import { cloudSettings } from "../../../clients/openstack/cloud-settings.ts";
import { findTroubles as findTroublesWith, keptTriggers } from "../../../operations/machines/machines.ts";
import { troubleLine } from "../../../operations/machines/trouble.ts";
import type { StackState, StateResource } from "../../../operations/state/stack-state.ts";
import type { FakeOpenStack } from "../../support/fake-openstack.ts";
import { startSignedIn } from "../../support/signed-in.ts";
import { stateOf } from "../../support/stack-state.ts";

const SERVER = "openstack:compute/instance:Instance";
const STACK = "urn:pulumi:prod::caravan::caravan:index:KubernetesCluster$caravan:index:";
const tags = ["caravan-cluster=prod"];

const findTroubles = (state: StackState) => findTroublesWith(state, () => OpenStack.connect(cloudSettings()));

let cloud: FakeOpenStack;
beforeEach(async () => {
  cloud = await startSignedIn();
});
afterEach(() => {
  vi.unstubAllEnvs();
  cloud.stop();
});

/** Makes a component's server in a state. The last part of its name is its id. */
function server(component: string, name: string, rest: object = {}): StateResource {
  const [, short] = /^prod-(.*)$/.exec(name)!;
  return {
    urn: `${STACK}${component}$${SERVER}::${name}`,
    type: SERVER,
    id: `id-${short}`,
    parent: `${STACK}${component}::prod-${short!.replace(/-\d+$/, "")}`,
    inputs: { metadata: { "caravan-cluster": "prod" } },
    outputs: { name: component === "NodePool" ? `${name}-1234567` : name },
    ...{ replacementTrigger: component === "NodePool" ? "" : undefined },
    ...rest,
  };
}

const cluster = (...more: StateResource[]) =>
  stateOf([server("ControlPlane", "prod-control-plane-0"), server("NodePool", "prod-web-0"), server("NodePool", "prod-web-1"), ...more]);

function nova(statuses: Record<string, string>): void {
  cloud.objects.servers = Object.entries(statuses).map(([name, status]) => ({ id: `id-${name}`, name: `prod-${name}`, status, tags }));
}

const urn = (component: string, name: string) => `${STACK}${component}$${SERVER}::${name}`;

it("reports no machine that runs or is about to, and sends one request", async () => {
  nova({ "control-plane-0": "ACTIVE", "web-0": "REBOOT", "web-1": "VERIFY_RESIZE" });
  expect(await findTroubles(cluster())).toEqual({ troubles: [], triggers: new Map() });
  expect(cloud.requests).toEqual(["POST /v3/auth/tokens", "GET /compute/servers/detail"]);
});

it("sends no request for a stack without machines", async () => {
  const foreign = { ...server("NodePool", "prod-web-0"), parent: "urn:pulumi:prod::caravan::pulumi:pulumi:Stack::caravan-prod" };
  expect(await findTroubles(stateOf([foreign, server("NodePool", "prod-web-1", { delete: true })]))).toEqual({
    troubles: [],
    triggers: new Map(),
  });
  expect(cloud.requests).toEqual([]);
});

it("recreates lost and failed workers, and names the remedy for other machines", async () => {
  nova({ "control-plane-0": "SHUTOFF", "web-0": "ERROR", "control-plane-1": "ERROR", "web-2": "PAUSED", "web-3": "UNKNOWN" });
  const more = [
    server("ControlPlane", "prod-control-plane-1"),
    server("EtcdCluster", "prod-etcd-0"),
    server("Bastion", "prod-bastion", { replacementTrigger: "" }),
    server("NodePool", "prod-web-2"),
    server("NodePool", "prod-web-3"),
    server("NodePool", "prod-web-4", { replacementTrigger: undefined }),
  ];
  const { troubles, triggers } = await findTroubles(cluster(...more));
  const replace = (component: string, name: string) => `replace it with \`pulumi up --replace '${urn(component, name)}'\``;
  expect(troubles.map(troubleLine)).toEqual([
    `control plane prod-control-plane-0 (id-control-plane-0): does not run, OpenStack says SHUTOFF; have it run with \`openstack server start id-control-plane-0\`, or ${replace("ControlPlane", "prod-control-plane-0")}`,
    "worker prod-web-0-1234567 (id-web-0): does not run, OpenStack says ERROR; this run recreates it",
    "worker prod-web-1-1234567 (id-web-1): OpenStack has no such server any more; this run recreates it",
    `control plane prod-control-plane-1 (id-control-plane-1): does not run, OpenStack says ERROR; ${replace("ControlPlane", "prod-control-plane-1")}`,
    `member of etcd prod-etcd-0 (id-etcd-0): OpenStack has no such server any more; ${replace("EtcdCluster", "prod-etcd-0")}`,
    "bastion prod-bastion (id-bastion): OpenStack has no such server any more; this run recreates it",
    `worker prod-web-2-1234567 (id-web-2): does not run, OpenStack says PAUSED; have it run with \`openstack server unpause id-web-2\`, or ${replace("NodePool", "prod-web-2")}`,
    "worker prod-web-3-1234567 (id-web-3): does not run, OpenStack says UNKNOWN; look at it with `openstack server show id-web-3`",
    `worker prod-web-4-1234567 (id-web-4): OpenStack has no such server any more; ${replace("NodePool", "prod-web-4")}`,
  ]);
  expect(triggers).toEqual(
    new Map([
      [urn("NodePool", "prod-web-0"), "id-web-0"],
      [urn("NodePool", "prod-web-1"), "id-web-1"],
      [urn("Bastion", "prod-bastion"), "id-bastion"],
    ]),
  );
});

it("reports the floating IPs through which other machines are reached", async () => {
  nova({ "control-plane-0": "SHUTOFF", "web-0": "ACTIVE", "web-1": "ACTIVE" });
  const state = cluster();
  const [controlPlane, ...workers] = state.deployment!.resources!;
  const association = (floatingIp: string, portId: string): StateResource => ({
    urn: `urn:pulumi:prod::caravan::Association::${floatingIp}`,
    type: "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
    inputs: { floatingIp, portId },
  });
  const onPort = { ...controlPlane!, inputs: { ...controlPlane!.inputs, networks: [{ port: "p1" }] } };
  const { troubles } = await findTroubles(
    stateOf([onPort, ...workers, association("203.0.113.1", "p1"), association("203.0.113.2", "p2")]),
  );
  expect(troubles).toEqual([
    {
      urn: urn("ControlPlane", "prod-control-plane-0"),
      id: "id-control-plane-0",
      name: "prod-control-plane-0",
      role: "control plane",
      status: "SHUTOFF",
      isReplaced: false,
      floatingIps: ["203.0.113.1"],
    },
  ]);
});

it("keeps the trigger of a recreated worker, and recreates it again when it is lost again", async () => {
  nova({ "control-plane-0": "ACTIVE", "web-0": "ACTIVE", "web-1": "ACTIVE", "web-2": "ACTIVE" });
  const remade = cluster(server("NodePool", "prod-web-2", { replacementTrigger: "id-of-then" }));
  expect(await findTroubles(remade)).toEqual({ troubles: [], triggers: new Map([[urn("NodePool", "prod-web-2"), "id-of-then"]]) });
  nova({ "control-plane-0": "ACTIVE", "web-0": "ACTIVE", "web-1": "ACTIVE" });
  expect((await findTroubles(remade)).triggers).toEqual(new Map([[urn("NodePool", "prod-web-2"), "id-web-2"]]));
  expect(keptTriggers(remade)).toEqual(new Map([[urn("NodePool", "prod-web-2"), "id-of-then"]]));
});

it("does not count a server as lost when somebody removed its tag", async () => {
  nova({ "control-plane-0": "ACTIVE", "web-0": "ACTIVE" });
  cloud.answers.set("/compute/servers/id-web-1", { server: { id: "id-web-1", status: "ACTIVE" } });
  expect(await findTroubles(cluster())).toEqual({ troubles: [], triggers: new Map() });
});

it("recreates nothing when OpenStack knows none of the servers, and requests ten of them at most", async () => {
  const many = Array.from({ length: 40 }, (_, key) =>
    server("NodePool", `prod-web-${key}`, { replacementTrigger: key === 7 ? "once" : "" }),
  );
  expect(await findTroubles(stateOf(many))).toEqual({
    troubles: [],
    triggers: new Map([[urn("NodePool", "prod-web-7"), "once"]]),
    unknown: 40,
  });
  expect(cloud.requests).toHaveLength(12);
});
