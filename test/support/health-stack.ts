import type { KeyPair } from "../../lib/pki/key-pair.ts";
import type { StackState, StateResource } from "../../operations/state/stack-state.ts";
import { daemonSet, deployment, LONG_AGO, node, podsOf } from "./cluster-objects.ts";
import type { FakeOpenStack } from "./fake-openstack.ts";
import type { FakeKubernetesApi } from "./kubernetes-api.ts";
import { resource, stateOf, urnOf } from "./stack-state.ts";

export const CONTROL_PLANE = "demo-control-plane-0";
export const WORKERS = ["demo-web-0-1234567", "demo-web-1-1234567"] as const;

/** URN of the server of a machine in the state. A worker's resource has the name without the generated suffix. */
export function serverUrn(name: string): string {
  return urnOf("Instance", name.replace(/-1234567$/, ""));
}

/** Marks a value as a secret, as a state with plain secrets has it. */
function secret(plain: unknown): object {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: JSON.stringify(plain) };
}

function instance(name: string, component: "ControlPlane" | "NodePool"): StateResource {
  const parent = urnOf(component, component === "NodePool" ? "demo-web" : "demo-control-plane");
  const trigger = component === "NodePool" ? { replacementTrigger: "" } : {};
  const inputs = { metadata: { "caravan-cluster": "demo" } };
  const known = { id: `id-${name}`, parent, inputs, outputs: { name }, ...trigger };
  return { ...resource("Instance", name.replace(/-1234567$/, "")), ...known };
}

/** State with plain secrets of a stack whose cluster has one control plane and two workers. */
export function healthState(
  ca: KeyPair,
  { administrator, kubeconfig }: Pick<FakeKubernetesApi, "administrator" | "kubeconfig">,
): StackState {
  return stateOf([
    {
      urn: "urn:pulumi:demo::caravan::caravan:index:KubernetesCluster::demo",
      type: "caravan:index:KubernetesCluster",
      outputs: { kubeconfig: secret(kubeconfig) },
    },
    resource("Stash", "demo-pki-cluster", { outputs: { output: secret(ca) } }),
    resource("Stash", "demo-pki-administrator", { outputs: { output: secret(administrator) } }),
    resource("Stash", "demo-pki-encryption", { outputs: { output: secret("a2V5") } }),
    resource("ControlPlane", "demo-control-plane"),
    instance(CONTROL_PLANE, "ControlPlane"),
    ...WORKERS.map((name) => instance(name, "NodePool")),
  ]);
}

/** Sets the answers of a cloud and of an API to those of that cluster when it is healthy. */
export function makeHealthy(cloud: FakeOpenStack, api: FakeKubernetesApi): void {
  const names = [CONTROL_PLANE, ...WORKERS];
  const tags = ["caravan-cluster=demo"];
  cloud.objects.servers = names.map((name) => ({ id: `id-${name}`, name, status: "ACTIVE", tags, created: LONG_AGO, updated: LONG_AGO }));
  const answers = {
    "/readyz": "[+]ping ok\n[+]etcd ok\nreadyz check passed\n",
    "/version": { gitVersion: "v1.36.3" },
    "/api/v1/nodes": names.map((name) => node(name)),
    "/api/v1/namespaces/kube-system/pods": podsOf(CONTROL_PLANE),
    "/apis/apps/v1/namespaces/kube-system/daemonsets": [daemonSet("cilium", 3)],
    "/apis/apps/v1/namespaces/kube-system/deployments": [deployment("coredns", 2)],
    "/apis/apps/v1/namespaces/kube-flannel/daemonsets": [],
    "/apis/apps/v1/namespaces/kube-flannel/deployments": [],
    "/apis/apps/v1/daemonsets": [],
    "/apis/apps/v1/deployments": [],
    "/apis/apiregistration.k8s.io/v1/apiservices": [],
  };
  for (const [path, answer] of Object.entries(answers)) api.answers.set(path, answer);
}
