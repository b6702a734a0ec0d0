import type { DaemonSetObject, DeploymentObject, NodeObject, PodObject } from "../../lib/health/kubernetes-objects.ts";
import type { Certificate, ClusterObjects, Machine, Observations, Server } from "../../lib/health/observations.ts";
import type { Role } from "../../lib/node/server-status.ts";

/** Time of the checks, and a time long before. */
export const NOW = "2026-11-28T12:00:00.000Z";
export const LONG_AGO = "2026-10-01T12:00:00Z";

/** Time since which something is wrong. */
export const SINCE = "2026-11-28T11:50:00Z";

/** Makes a Node that is ready. Its conditions can be changed by type. */
export function node(
  name: string,
  conditions: Record<string, { status: string; message?: string }> = {},
  rest: Partial<NodeObject> = {},
): NodeObject {
  const all = { Ready: { status: "True" }, MemoryPressure: { status: "False" }, ...conditions };
  const isControlPlane = name.includes("control-plane");
  return {
    metadata: { name, labels: isControlPlane ? { "node-role.kubernetes.io/control-plane": "" } : {} },
    ...rest,
    status: {
      conditions: Object.entries(all).map(([type, condition]) => ({ type, lastTransitionTime: SINCE, ...condition })),
      nodeInfo: { kubeletVersion: "v1.36.3" },
      ...rest.status,
    },
  };
}

/** Makes the static pod of a component. */
export function pod(component: string, nodeName: string, ready = "True", rest: PodObject["status"] = {}): PodObject {
  return {
    metadata: { name: `${component}-${nodeName}`, labels: { component, tier: "control-plane" } },
    spec: { nodeName },
    status: { conditions: [{ type: "Ready", status: ready, lastTransitionTime: SINCE }], ...rest },
  };
}

/** Makes the static pods of control planes with stacked etcd. */
export function podsOf(...nodes: string[]): PodObject[] {
  return nodes.flatMap((each) =>
    ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"].map((component) => pod(component, each)),
  );
}

/** Makes a DaemonSet. */
export function daemonSet(name: string, desired: number, available = desired, updated = desired): DaemonSetObject {
  return {
    metadata: { name, namespace: "kube-system", generation: 2 },
    status: { observedGeneration: 2, desiredNumberScheduled: desired, numberAvailable: available, updatedNumberScheduled: updated },
  };
}

/** Makes a Deployment. */
export function deployment(name: string, wanted: number, status: DeploymentObject["status"] = {}): DeploymentObject {
  return {
    metadata: { name, namespace: "kube-system", generation: 1 },
    spec: { replicas: wanted },
    status: { observedGeneration: 1, availableReplicas: wanted, updatedReplicas: wanted, ...status },
  };
}

/** Makes a machine of the cluster "demo". The id of its server is "id-" and its name. */
export function machine(role: Role, name: string, isRecreated = role === "worker"): Machine {
  return { role, name, id: `id-${name}`, urn: `urn::${name}`, isRecreated };
}

/** Makes the server of a machine that runs. */
export function server(name: string, rest: Partial<Server> = {}): Server {
  return { id: `id-${name}`, status: "ACTIVE", created: LONG_AGO, updated: LONG_AGO, ...rest };
}

let made = 0;

/** Makes a certificate that began long ago. */
export function certificate(notAfter: string, rest: Partial<Certificate> = {}): Certificate {
  return { kind: "certificate", name: "c", notBefore: LONG_AGO, notAfter, fingerprint: String(made++), fix: "renew it", ...rest };
}

const NAMES = ["demo-control-plane-0", "demo-web-0", "demo-web-1"] as const;

/** Objects of a healthy cluster of one control plane and two workers. */
export function healthyObjects(changes: Partial<ClusterObjects> = {}): ClusterObjects {
  return {
    version: "v1.36.3",
    nodes: NAMES.map((name) => node(name)),
    pods: podsOf(NAMES[0]),
    daemonSets: [daemonSet("cilium", 3)],
    deployments: [deployment("coredns", 2)],
    apiServices: [],
    ...changes,
  };
}

/** Observations of that cluster. */
export function healthy(changes: Partial<Observations> = {}, objects: Partial<ClusterObjects> = {}): Observations {
  return {
    cluster: "demo",
    time: NOW,
    machines: [machine("control plane", NAMES[0]), machine("worker", NAMES[1]), machine("worker", NAMES[2])],
    imported: [],
    servers: { value: NAMES.map((name) => server(name)) },
    api: {
      server: "https://203.0.113.10:6443",
      readyz: { value: "[+]ping ok\nreadyz check passed\n" },
      objects: { value: healthyObjects(objects) },
    },
    certificates: [certificate("2027-10-01T12:00:00Z")],
    reports: [],
    ...changes,
  };
}
