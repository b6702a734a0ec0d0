import { parse } from "yaml";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { kubeconfig } from "../../lib/pki/kubeconfig.ts";
import { HOLLOW_ANNOTATION } from "./hollow-node.ts";
import { ApiRefusal, KubernetesApi } from "./kubernetes-api.ts";
import { requestNodeCertificate } from "./node-certificate.ts";

interface Registration {
  name: string;
  taints?: object[];
  kubeletExtraArgs: { name: string; value: string }[];
}

export interface HollowKubeletArgs {
  /** JoinConfiguration of kubeadm. */
  joinConfiguration: string;
  /** `https://host:port` of the API. */
  server: string;
  /** Certificate of the cluster's CA, PEM. */
  ca: string;
  /** Credential for the request of its certificate. */
  credential: KeyPair;
  /** Differences of this node's KubeletConfiguration from the cluster's. @default none */
  patch?: string;
  /** Size of the machine. */
  machine: { vcpus: number; ram: number };
  /** Version of the kubelet that the Node reports. @default kwok's */
  nodeInfo?: { kubeletVersion: string };
}

/**
 * Does the part of `kubeadm join` and of a kubelet's start that affects a cluster. It reads the cluster's settings, requests a client
 * certificate with the given credential, and creates the Node with that certificate. So the cluster's own rules apply to both.
 */
export async function joinNode({ joinConfiguration, credential, patch, machine, nodeInfo, ...cluster }: HollowKubeletArgs): Promise<void> {
  const { nodeRegistration } = parse(joinConfiguration) as { nodeRegistration: Registration };
  const apiFor = (client: KeyPair) =>
    new KubernetesApi(kubeconfig({ cluster: "cluster", ...cluster, user: "kubelet", client }), { keepAlive: false });
  const given = apiFor(credential);
  const maxPods = await maxPodsOf(given, patch);
  const client = await requestNodeCertificate(given, nodeRegistration.name);
  await register(apiFor(client), nodeOf(nodeRegistration, { ...machine, maxPods }, nodeInfo));
}

async function maxPodsOf(given: KubernetesApi, patch = ""): Promise<number> {
  const { data } = await given.get<{ data: { kubelet: string } }>("/api/v1/namespaces/kube-system/configmaps/kubelet-config");
  return { ...parse(data.kubelet), ...parse(patch) }.maxPods;
}

/** Creates the Node. An existing Node is left unchanged, as by a kubelet. */
async function register(api: KubernetesApi, body: object): Promise<void> {
  await api.send("POST", "/api/v1/nodes", { body }).catch((error) => {
    if (!(error instanceof ApiRefusal && error.status === 409)) throw error;
  });
}

function nodeOf(
  { name, taints, kubeletExtraArgs }: Registration,
  { vcpus, ram, maxPods }: { vcpus: number; ram: number; maxPods: number },
  nodeInfo: HollowKubeletArgs["nodeInfo"],
) {
  const args = new Map(kubeletExtraArgs.map((arg) => [arg.name, arg.value]));
  const own = (args.get("node-labels") ?? "").split(",").filter((label) => label !== "");
  const labels = Object.fromEntries(own.map((label) => label.split("=") as [string, string]));
  const size = { cpu: String(vcpus), memory: `${ram}Mi`, "ephemeral-storage": "40Gi", pods: String(maxPods) };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", ...labels },
      annotations: HOLLOW_ANNOTATION,
    },
    spec: { providerID: args.get("provider-id"), taints },
    status: {
      addresses: [
        { type: "InternalIP", address: args.get("node-ip") },
        { type: "Hostname", address: name },
      ],
      capacity: size,
      allocatable: size,
      ...(nodeInfo ? { nodeInfo } : {}),
    },
  };
}
