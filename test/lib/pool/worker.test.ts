import { expect, it } from "vitest";
import { parse } from "yaml";
import { shellAssignments } from "../../../lib/node/shell.ts";
import { preparationInput } from "../../../lib/node/software.ts";
import { admissionInput, reconcileInput, reconcileSeconds, workerInput } from "../../../lib/pool/worker.ts";
import { filesOf } from "../../support/orders.ts";

const preparation = preparationInput({ kubernetesVersion: "1.36.3" });
const args = { preparation, pool: "web", batch: "0", endpoint: "10.40.0.10:6443", ca: "ABC" };

it("separates the files of the join from those that stay", () => {
  const input = shellAssignments(workerInput({ ...args, kubelet: { maxPods: 50 }, containerRuntime: { cgroupDriver: "cgroupfs" } }));
  expect(filesOf(input).map(({ path, content }) => [path, parse(content)])).toEqual([
    ["/var/lib/caravan/patches/kubeletconfiguration+merge.yaml", { maxPods: 50, cgroupDriver: "cgroupfs" }],
  ]);
  const join = filesOf(input, "JOIN_FILES");
  expect(join.map(({ mode, path }) => `${mode} ${path}`)).toEqual(["0600 /run/caravan/join.yaml"]);
  expect(parse(join[0]!.content)).toMatchObject({ patches: { directory: "/var/lib/caravan/patches" } });
});

it("has the preparation of the machines, for changes of it", () => {
  expect(workerInput(args)).toMatchObject(preparation);
});

it("sets no provider id for a server that is not OpenStack's", () => {
  const join = (openstackServer: boolean) => filesOf(shellAssignments(workerInput({ ...args, openstackServer })), "JOIN_FILES")[0]!.content;
  expect([join(true).includes("provider-id"), join(false).includes("provider-id")]).toEqual([true, false]);
});

it("gives a control plane the owner, pool and batch of the nodes", () => {
  const batch = { owner: "0123456789", pool: "web", batch: "1" };
  expect(admissionInput(batch)).toEqual({ OWNER: "0123456789", POOL: "web", BATCH: "1" });
});

it("gives a control plane the names, labels and taints of a batch's Nodes", () => {
  const taints = [
    { key: "gpu", value: "true", effect: "NoSchedule" as const },
    { key: "spot", effect: "NoExecute" as const },
  ];
  expect(
    reconcileInput(
      { owner: "0123456789", pool: "web", batch: "1", labels: { tier: "web", zone: "a" }, taints, drainSeconds: 60 },
      ["web-1", "web-2"],
      ["c-web-3", "c-web-4"],
      new Map([
        ["web-1", "topology.kubernetes.io/zone=a"],
        ["web-2", ""],
      ]),
    ),
  ).toEqual({
    OWNER: "0123456789",
    POOL: "web",
    BATCH: "1",
    WANTED_NODES: "web-1 web-2",
    ABSENT_MACHINES: "c-web-3 c-web-4",
    LABELS: "tier=web zone=a",
    NODE_LABELS: "web-1 topology.kubernetes.io/zone=a\nweb-2 ",
    TAINTS: "gpu=true:NoSchedule spot:NoExecute",
    DRAIN_SECONDS: "60",
  });
});

it("adds the time of drains to the timeout", () => {
  expect([reconcileSeconds({}), reconcileSeconds({ drainSeconds: 3600 })]).toEqual([600, 3900]);
});
