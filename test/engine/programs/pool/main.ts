import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNetwork } from "../../../../components/index.ts";
import { existingMachines } from "../../../../components/node-pool/existing-machines.ts";
import { PoolProgress } from "../../../../components/node-pool/progress.ts";
import { makeWorkers } from "../../../../components/node-pool/workers.ts";
import { withRetries } from "../../../../components/openstack/retries.ts";
import { ConcurrencyLimits } from "../../../../components/pool/concurrency.ts";
import { nodeKeys } from "../../../../lib/pool/node-keys.ts";
import { createSshKey } from "../../../../lib/ssh/key.ts";
import { prepareRun } from "../../../../operations/prepare-run.ts";

/** Machines of a pool, as NodePool makes them, and a command in place of those that make them join. It reaches no machine. */
const clusterName = "steps";
const config = new pulumi.Config();
// A program need not prepare its runs.
if (config.getBoolean("prepared") ?? true) await prepareRun(clusterName);

/** Ids of an existing network and subnet, in which workers have ports of their own. @default a network of the cluster's own */
const adopt = config.getObject<{ networkId: string; subnetId: string }>("adopt");
const cidr = "10.40.0.0/16";
const { attachment } = new ClusterNetwork(clusterName, {
  clusterName,
  network: adopt ? { adopt, cidr } : { externalNetwork: "public", cidr },
  apiCidrs: ["172.24.4.0/22"],
  sshCidrs: ["172.24.4.0/22"],
});

class NodePool extends pulumi.ComponentResource {
  constructor(name: string, count: number) {
    super("caravan:index:NodePool", name, {}, withRetries());
    const keys = nodeKeys({ count });
    const progress = new PoolProgress(this, { name, pool: "web", wanted: count });
    const context = { component: this, name, creates: new ConcurrencyLimits().creates, progress };
    const { workers, rollout } = makeWorkers(context, keys, {
      clusterName,
      pool: "web",
      network: attachment,
      machine: { flavor: "node.small", ...config.requireObject<{ image: string }>("machine") },
      ssh: { publicKey: createSshKey(clusterName).publicKey },
      upgrade: { maxSurge: config.getObject<number | string>("maxSurge") ?? "25%" },
    });
    const { machines } = existingMachines(new Map(keys.map((key) => [`${name}-${key}`, workers.get(key)!])));
    const create = config.get("joins") ?? "cat >/dev/null; echo done";
    new command.local.Command(`${name}-join-0`, { create, stdin: pulumi.jsonStringify(machines) }, { parent: this });
    this.registerOutputs(rollout.outputs);
  }
}

/** Cluster of which only the API is known: its CA, and the kubeconfig of its administrator. */
class KubernetesCluster extends pulumi.ComponentResource {
  constructor({ ca, kubeconfig }: { ca: string; kubeconfig: string }) {
    super("caravan:index:KubernetesCluster", clusterName);
    new pulumi.Stash(`${clusterName}-pki-cluster`, { input: { certificate: ca } }, { parent: this });
    this.registerOutputs({ kubeconfig: pulumi.secret(kubeconfig) });
  }
}

const api = config.getObject<{ ca: string; kubeconfig: string }>("api");
if (api) new KubernetesCluster(api);
new NodePool(`${clusterName}-web`, config.requireNumber("count"));
