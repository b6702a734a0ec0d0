import { CONTROL_PLANE_JOIN_CONFIGURATION, SETTINGS_FOLDER } from "../../../lib/kubeadm/paths.ts";
import type { NodeFile } from "../../../lib/node/files.ts";
import type { MachineFacts } from "../../../lib/node/script-facts.ts";
import type { HollowCluster } from "../hollow-cluster.ts";
import { joinNode } from "../hollow-kubelet.ts";
import type { KubernetesApi } from "../kubernetes-api.ts";
import { etcdSettings, withLocalEtcd } from "../local-etcd.ts";
import { contentOf, readNodeFiles } from "../node-files.ts";
import { writeRecord } from "../node-records.ts";
import { deleteNode, type NodeObject, nodePath } from "../nodes.ts";
import type { Host } from "../ssh/host.ts";
import { nodeCredential } from "./admission.ts";
import type { Call, Input } from "./answer.ts";

/** Starts a member. It does not vote, and its settings become those of the only real etcd. */
export async function etcd({ input, cluster, log }: Call<"etcd">): Promise<void> {
  cluster.etcd = etcdSettings(contentOf(readNodeFiles(input.FILES, input), `${SETTINGS_FOLDER}/etcd.yaml`));
  log("etcd votes (0 s)");
}

/** Starts or joins a control plane. The first one is real, and all others are only Nodes. Changed settings are not applied. */
export async function controlPlane({ host, input, cluster, log }: Call<"controlPlane">): Promise<void> {
  if (host.hasJoined) return log("is a control plane already");
  const isFirst = !cluster.isRunning;
  const files = readNodeFiles(input.FILES, input);
  if (isFirst) await initCluster(files, input, cluster);
  else await joinControlPlane(files, host, input, cluster);
  await guardNodes(cluster.administrator, input);
  host.hasJoined = true;
  log(isFirst ? "kubeadm init" : "kubeadm join");
}

async function initCluster(
  files: NodeFile[],
  { NODE_NAME, NODE_ADDRESS, ...input }: Input<"controlPlane">,
  cluster: HollowCluster,
): Promise<void> {
  const { INSTANCE_ID, FIRST_NODE, FIRST_RUN, PEERS } = input;
  if (FIRST_RUN !== "yes" || NODE_NAME !== FIRST_NODE)
    throw new Error(`no control plane answers at ${PEERS}, and this machine starts none`);
  await cluster.start(input.ETCD === "external" ? withLocalEtcd(files, cluster.etcd) : files, NODE_ADDRESS);
  await cluster.administrator.patch(nodePath(NODE_NAME), { spec: { providerID: `openstack:///${INSTANCE_ID}` } });
}

async function joinControlPlane(
  files: NodeFile[],
  host: Host,
  { NODE_NAME, INSTANCE_ID }: Input<"controlPlane">,
  { administrator, ca }: HollowCluster,
): Promise<void> {
  const predecessor = await administrator.find<NodeObject>(nodePath(NODE_NAME));
  const provider = predecessor?.spec.providerID;
  if (provider && provider !== `openstack:///${INSTANCE_ID}`) await deleteNode(administrator, NODE_NAME);
  await joinNode({
    joinConfiguration: contentOf(files, CONTROL_PLANE_JOIN_CONFIGURATION),
    server: administrator.server,
    ca: ca.certificate,
    credential: await nodeCredential(ca, NODE_NAME),
    machine: host.server.flavor,
  });
  await markControlPlane(administrator, NODE_NAME);
}

/** Does the last step of a control plane's script. */
async function guardNodes(administrator: KubernetesApi, { NODE_NAME, INSTANCE_ID, NODE_ADDRESS }: MachineFacts): Promise<void> {
  for (const binding of ["kubelet-bootstrap", "node-autoapprove-bootstrap", "get-nodes"])
    await administrator.remove(`/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubeadm:${binding}`);
  await writeRecord(administrator, "caravan-nodes-control-planes", { [NODE_NAME]: `${INSTANCE_ID} ${NODE_ADDRESS}` });
}

/** Does kubeadm's phase of the same name. */
async function markControlPlane(administrator: KubernetesApi, node: string): Promise<void> {
  await administrator.patch(nodePath(node), {
    metadata: { labels: { "node-role.kubernetes.io/control-plane": "", "node.kubernetes.io/exclude-from-external-load-balancers": "" } },
    spec: { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] },
  });
}
