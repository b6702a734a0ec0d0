import { listNodes } from "../../../devcloud/nodes.ts";
import { type Cluster, configure, up } from "./cluster.ts";
import { startWriter, type Writes } from "./writer.ts";

/** Versions that run in a cluster. */
export interface Versions {
  /** Versions of the kubelets by node. */
  kubelets: Record<string, string>;
  /** Images of the static pods, CoreDNS and kube-proxy: "kube-apiserver:v1.36.3". Each is listed once. */
  images: string[];
  /** Version in the settings that kubeadm keeps in the cluster. */
  kubeadm: string;
}

/** Returns the versions of all that runs in a cluster. */
export async function versionsOf({ kubectl }: Cluster): Promise<Versions> {
  const nodes = await listNodes(kubectl);
  const selector = "component in (etcd,kube-apiserver,kube-controller-manager,kube-scheduler)";
  const query = "jsonpath={range .items[*]}{.spec.containers[0].image}{'\\n'}{end}";
  const [programs, dns, settings] = await Promise.all([
    kubectl(["-n", "kube-system", "get", "pods", "--selector", selector, "-o", query]),
    kubectl(["-n", "kube-system", "get", "pods", "--selector", "k8s-app=kube-dns", "-o", query]),
    kubectl(["-n", "kube-system", "get", "configmap", "kubeadm-config", "-o", "jsonpath={.data.ClusterConfiguration}"]),
  ]);
  const images = `${programs}${dns}`.trim().split("\n");
  return {
    kubelets: Object.fromEntries(nodes.map(({ metadata, status }) => [metadata.name, status.nodeInfo.kubeletVersion])),
    images: [...new Set(images.map((image) => image.split("/").at(-1)!))].sort(),
    kubeadm: /^kubernetesVersion: (.*)$/m.exec(settings)![1]!,
  };
}

/** Upgrades a cluster by one line and one `pulumi up`, while a writer writes. Returns what the writer saw, and the names that are lost. */
export async function upgrade(
  cluster: Cluster,
  settings: Record<string, unknown>,
  kubernetesVersion: string,
): Promise<Writes & { lost: string[] }> {
  await configure(cluster.stack.name, { ...settings, "caravan:kubernetesVersion": kubernetesVersion });
  await using writer = await startWriter(cluster.stack.name);
  await up(cluster.stack);
  const writes = await writer.stop();
  const kept = (await cluster.kubectl(["get", "configmaps", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
  return { ...writes, lost: writes.written.filter((name) => !kept.includes(name)) };
}

/** Returns the nodes that are cordoned. */
export async function cordoned({ kubectl }: Cluster): Promise<string[]> {
  return (await listNodes(kubectl)).filter(({ spec }) => spec.unschedulable).map(({ metadata }) => metadata.name);
}

/** Runs a command in a pod of a DaemonSet on each node, and reads its log: both go through the node's kubelet. Returns the nodes that answered. */
export async function reachedKubelets({ kubectl }: Cluster, selector: string, container: string): Promise<string[]> {
  const query = "jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName}{'\\n'}{end}";
  const pods = (await kubectl(["-n", "kube-system", "get", "pods", "--selector", selector, "-o", query])).trim().split("\n");
  const reached: string[] = [];
  for (const [pod, node] of pods.map((line) => line.split(" "))) {
    await kubectl(["-n", "kube-system", "exec", pod!, "-c", container, "--", "true"]);
    if ((await kubectl(["-n", "kube-system", "logs", pod!, "-c", container, "--tail", "1"])) !== "") reached.push(node!);
  }
  return reached.sort();
}
