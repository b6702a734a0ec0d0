import * as command from "@pulumi/command";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNetwork } from "../../../../components/index.ts";
import { portId, workerPort } from "../../../../components/node-pool/worker-port.ts";
import { WorkerServer } from "../../../../components/node-pool/worker-server.ts";
import { replacementTrigger } from "../../../../components/openstack/lost-machines.ts";
import { FIRST_BOOT_PROPERTIES, STATEFUL_PROPERTIES, serverArgs } from "../../../../components/openstack/machine.ts";
import { withRetries } from "../../../../components/openstack/retries.ts";
import { nodeKeys } from "../../../../lib/pool/node-keys.ts";
import { createSshKey } from "../../../../lib/ssh/key.ts";
import { prepareRun } from "../../../../operations/prepare-run.ts";

/** Machines of a cluster with the resources that depend on them, as ControlPlane and NodePool make them. The commands reach no machine. */
const clusterName = "heal";
const config = new pulumi.Config();
await prepareRun(clusterName);

/** Ids of an existing network and subnet, in which workers have ports of their own. @default a network of the cluster's own */
const adopt = config.getObject<{ networkId: string; subnetId: string }>("adopt");
/** Text in what joins workers get, and in an object of the user's. */
const settings = config.get("settings") ?? "";
const note = config.get("note") ?? "";
const cidr = "10.40.0.0/16";
const { attachment, controlPlaneGroupIds } = new ClusterNetwork(clusterName, {
  clusterName,
  network: adopt ? { adopt, cidr } : { externalNetwork: "public", cidr },
  apiCidrs: ["172.24.4.0/22"],
  sshCidrs: ["172.24.4.0/22"],
});
const ssh = { publicKey: createSshKey(clusterName).publicKey };

/** Makes a command that gets values on its standard input, as those over SSH do. */
function run(name: string, values: pulumi.Input<unknown>, opts: pulumi.CustomResourceOptions): command.local.Command {
  const stdin = pulumi.secret(pulumi.jsonStringify(values));
  return new command.local.Command(name, { create: "cat >/dev/null; echo done", stdin }, opts);
}

class ControlPlane extends pulumi.ComponentResource {
  readonly ids: pulumi.Output<string[]>;
  readonly started: pulumi.Output<string>;

  constructor(name: string, count: number) {
    super("caravan:index:ControlPlane", name, {}, withRetries());
    const machine = { image: "node", flavor: "node.medium" };
    const common = serverArgs({ machine, clusterName, ssh }, this, { name });
    const names = nodeKeys({ count }).map((key) => `${name}-${key}`);
    const servers = names.map((node) => {
      const { networkId, subnetId, ready } = attachment;
      const place = { networkId, fixedIps: [{ subnetId }], securityGroupIds: controlPlaneGroupIds };
      const made = new openstack.networking.Port(node, { name: node, ...place }, { parent: this });
      const port = pulumi.all([made.id, ready]).apply(([id]) => id);
      const options = { parent: this, ignoreChanges: STATEFUL_PROPERTIES, deleteBeforeReplace: true };
      return new openstack.compute.Instance(node, { ...common, name: node, networks: [{ port }] }, options);
    });
    this.ids = pulumi.all(servers.map(({ id }) => id));
    const contacted = run(`${name}-contact`, this.ids, { parent: this });
    let previous: command.local.Command | undefined;
    for (const [place, server] of servers.entries()) {
      const options = { parent: this, deletedWith: server, ...(previous ? { dependsOn: previous } : {}) };
      previous = run(`${names[place]}-kubeadm`, [server.id, contacted.stdout], options);
    }
    this.started = previous!.id;
    run(`${name}-members`, this.ids, { parent: this, dependsOn: previous! });
    this.registerOutputs({});
  }
}

class NodePool extends pulumi.ComponentResource {
  readonly ready: pulumi.Output<string>;

  constructor(name: string, count: number, { ids, started }: ControlPlane) {
    super("caravan:index:NodePool", name, {}, withRetries());
    const machine = { image: "node", flavor: "node.small" };
    const common = serverArgs({ machine, clusterName, pool: "web", ssh }, this, { name });
    const uuid = pulumi.all([attachment.networkId, attachment.ready]).apply(([id]) => id);
    const args = { ...common, networks: [{ uuid }], securityGroups: attachment.securityGroups };
    const servers = nodeKeys({ count }).map((key) => {
      const server = `${name}-${key}`;
      const options = { parent: this, replaceOnChanges: ["imageId", "#initerror"], ignoreChanges: FIRST_BOOT_PROPERTIES };
      const port =
        attachment.workerPorts && workerPort(server, { clusterName, network: attachment, machine, server: common }, { parent: this });
      const own = port ? { ...common, networks: [{ port: portId(port) }] } : args;
      return new WorkerServer(server, own, { ...options, ...replacementTrigger(this, server) });
    });
    const machines = pulumi.all(servers.map((server) => pulumi.all([server.id, server.name])));
    const contacted = run(`${name}-contact-0`, machines, { parent: this });
    const joined = run(`${name}-join-0`, [machines, contacted.stdout, ids, started, settings], { parent: this });
    this.ready = joined.id;
    this.registerOutputs({ machines });
  }
}

const controlPlane = new ControlPlane(`${clusterName}-control-plane`, config.requireNumber("controlPlanes"));
const pool = new NodePool(`${clusterName}-web`, config.requireNumber("workers"), controlPlane);
run("users-own", [note, pool.ready], { dependsOn: pool });
