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
  /** A kubeadm JoinConfiguration. */
  joinConfiguration: string;
  /** `https://host:port` of the API. */
  server: string;
  /** Certificate of the cluster's CA, PEM. */
  ca: string;
  /** What it asks for its certificate with. */
  credential: KeyPair;
  /** What this node has otherwise than the cluster's KubeletConfiguration. @default nothing */
  patch?: string;
  /** The machine's size. */
  machine: { vcpus: number; ram: number };
}

/**
 * What `kubeadm join` and the first moments of a kubelet do to a cluster: reads the cluster's settings, asks for a client
 * certificate with the credential that it was given, and makes the Node with that certificate, so that the cluster's own rules for both hold.
 */
export async function joinNode({ joinConfiguration, credential, patch, machine, ...cluster }: HollowKubeletArgs): Promise<void> {
  const { nodeRegistration } = parse(joinConfiguration) as { nodeRegistration: Registration };
  const apiFor = (client: KeyPair) =>
    new KubernetesApi(kubeconfig({ cluster: "cluster", ...cluster, user: "kubelet", client }), { keepAlive: false });
  const given = apiFor(credential);
  const maxPods = await maxPodsOf(given, patch);
  const client = await requestNodeCertificate(given, nodeRegistration.name);
  await register(apiFor(client), nodeOf(nodeRegistration, { ...machine, maxPods }));
}

async function maxPodsOf(given: KubernetesApi, patch = ""): Promise<number> {
  const { data } = await given.get<{ data: { kubelet: string } }>("/api/v1/namespaces/kube-system/configmaps/kubelet-config");
  return { ...parse(data.kubelet), ...parse(patch) }.maxPods;
}

/** A Node that is there already is left as it is, as by a kubelet. */
async function register(api: KubernetesApi, body: object): Promise<void> {
  await api.send("POST", "/api/v1/nodes", { body }).catch((error) => {
    if (!(error instanceof ApiRefusal && error.status === 409)) throw error;
  });
}

function nodeOf(
  { name, taints, kubeletExtraArgs }: Registration,
  { vcpus, ram, maxPods }: { vcpus: number; ram: number; maxPods: number },
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
    },
  };
}
