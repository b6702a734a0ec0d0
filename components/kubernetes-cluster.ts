import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkCluster, DEFAULTS, nodeCount } from "../lib/cluster-rules.ts";
import type { KubeletArgs } from "../lib/kubeadm/kubelet.ts";
import type { NodeSoftwareArgs } from "../lib/node-software.ts";
import { Problems } from "../lib/problems.ts";
import { ApiEndpoint, type ApiEndpointArgs } from "./api-endpoint.ts";
import { type CiliumArgs, CiliumNetwork } from "./cilium-network.ts";
import { CloudLookups } from "./cloud-lookups.ts";
import { ClusterNetwork, type NetworkArgs } from "./cluster-network.ts";
import { ClusterPki } from "./cluster-pki.ts";
import { ControlPlane } from "./control-plane.ts";
import type { MachineArgs } from "./machine.ts";
import { NodePool, type PoolArgs } from "./node-pool.ts";
import { type SshArgs, SshKey } from "./ssh-access.ts";

export interface KubernetesClusterArgs extends Partial<NodeSoftwareArgs> {
  /** The nodes' network: a new one, or one that exists. */
  network: NetworkArgs;
  /** Where the Kubernetes API is reached, and from where. */
  apiEndpoint: ApiEndpointArgs;
  /** The control planes: how many (1, 3, 5 or 7; default 1) and from what. */
  controlPlane: { count?: number; machine: MachineArgs };
  /** Pools of workers by name. @default none */
  pools?: Record<string, PoolArgs>;

  /** Network of the pods. @default "10.244.0.0/16" */
  podCidr?: string;
  /** Network of the services; at most a /12. @default "10.96.0.0/12" */
  serviceCidr?: string;
  /** Prefix length of each node's part of the pod network, from 16 to 28. @default 24 */
  nodeCidrMask?: number;
  /** Network plugin: Cilium in place of kube-proxy, or none (kube-proxy runs, and you install one). @default { type: "cilium" } */
  cni?: CiliumArgs | { type: "none" };

  /** How nodes are reached over SSH. @default a key in the state, directly or through the control plane with the floating IP */
  ssh?: SshArgs;
  /** Settings of all kubelets. @default the library's */
  kubelet?: KubeletArgs;
}

/** A Kubernetes cluster on OpenStack: network, machines, control plane, workers and network plugin in one plan. */
export class KubernetesCluster extends pulumi.ComponentResource {
  /** The administrator's kubeconfig, a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** `https://host:port` of the Kubernetes API for users. */
  readonly endpoint: pulumi.Output<string>;
  /** Private key with which nodes are reached over SSH, a secret. */
  readonly sshPrivateKey: pulumi.Output<string>;
  /** Names and addresses of the control planes. */
  readonly controlPlanes: pulumi.Output<{ name: string; address: string }[]>;
  /** Names and addresses of the workers, by pool. */
  readonly pools: Record<string, pulumi.Output<{ name: string; address: string }[]>>;

  constructor(name: string, args: KubernetesClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:KubernetesCluster", name, {}, opts);
    const { controlPlaneMachine, poolMachines, known, network: networkArgs } = this.#lookUp(args);
    // Nothing is made before all names that the cloud must know are known to be right.
    const child = { parent: this, dependsOn: known.apply((): pulumi.Resource[] => []) };
    const clusterName = name;
    const software = { ...args, kubernetesVersion: args.kubernetesVersion ?? DEFAULTS.kubernetesVersion };
    const cni = args.cni ?? { type: "cilium" };

    const pki = new ClusterPki(`${name}-pki`, { clusterName }, child);
    const key = new SshKey(`${name}-ssh`, args.ssh ?? {}, child);
    const network = this.#network(name, { ...args, network: networkArgs }, child);
    const endpoint = this.#endpoint(name, args, network, child);
    const controlPlane = new ControlPlane(
      `${name}-control-plane`,
      {
        ...software,
        ...args.controlPlane,
        machine: controlPlaneMachine,
        clusterName,
        network: network.attachment,
        securityGroupIds: network.controlPlaneGroupIds,
        endpoint: endpoint.endpoint,
        pki,
        ssh: key.access,
        cidrs: {
          podCidr: args.podCidr ?? DEFAULTS.podCidr,
          serviceCidr: args.serviceCidr ?? DEFAULTS.serviceCidr,
          nodeCidrMask: args.nodeCidrMask ?? DEFAULTS.nodeCidrMask,
        },
        kubeProxy: cni.type === "none",
      },
      child,
    );
    endpoint.forwardTo(controlPlane.ports, network.attachment.ready);
    const pools = Object.entries(args.pools ?? {}).map(([pool, poolArgs]) => {
      const { join, ssh } = controlPlane;
      const all = { ...software, ...poolArgs, machine: poolMachines[pool]!, clusterName, pool, network: network.attachment, join, ssh };
      return [pool, new NodePool(`${name}-${pool}`, all, child).nodes] as const;
    });

    this.kubeconfig = pki.adminKubeconfig(endpoint.address);
    if (cni.type === "cilium") this.#cilium(name, args, cni, controlPlane, pki);
    this.endpoint = pulumi.interpolate`https://${endpoint.address}`;
    this.sshPrivateKey = key.privateKey;
    this.controlPlanes = controlPlane.nodes;
    this.pools = Object.fromEntries(pools);
    this.registerOutputs({ kubeconfig: this.kubeconfig, endpoint: this.endpoint, controlPlanes: this.controlPlanes, pools: this.pools });
  }

  /** Image, flavor and network ids for the names that were given; each name is looked up once. */
  #lookUp({ controlPlane, pools = {}, network }: KubernetesClusterArgs) {
    const cloud = new CloudLookups(this);
    const find = (machine: MachineArgs) => ({ ...machine, image: cloud.image(machine.image), flavor: cloud.flavor(machine.flavor) });
    const controlPlaneMachine = find(controlPlane.machine);
    const poolMachines = Object.fromEntries(Object.entries(pools).map(([pool, { machine }]) => [pool, find(machine)]));
    const machines = [controlPlaneMachine, ...Object.values(poolMachines)].flatMap(({ image, flavor }) => [image, flavor]);
    const external = network.externalNetwork === undefined ? {} : { externalNetwork: cloud.externalNetwork(network.externalNetwork).id };
    const known = pulumi.all([...machines, ...Object.values(external)]);
    return { controlPlaneMachine, poolMachines, network: { ...network, ...external }, known };
  }

  #network(
    name: string,
    { network, apiEndpoint, ssh = {} }: KubernetesClusterArgs,
    child: pulumi.ComponentResourceOptions,
  ): ClusterNetwork {
    const apiCidrs = apiEndpoint.allowedCidrs;
    const sshCidrs = ssh.allowedCidrs ?? apiCidrs;
    const args = { clusterName: name, network, apiCidrs, sshCidrs, ...(ssh.port ? { sshPort: ssh.port } : {}) };
    return new ClusterNetwork(`${name}-network`, args, child);
  }

  #endpoint(
    name: string,
    { apiEndpoint }: KubernetesClusterArgs,
    { externalNetwork }: ClusterNetwork,
    child: pulumi.ComponentResourceOptions,
  ): ApiEndpoint {
    const pool = externalNetwork ? { floatingIpPool: externalNetwork.name } : {};
    return new ApiEndpoint(`${name}-api`, { clusterName: name, endpoint: apiEndpoint, ...pool }, child);
  }

  #cilium(name: string, args: KubernetesClusterArgs, cni: CiliumArgs, controlPlane: ControlPlane, pki: ClusterPki): void {
    const provider = new kubernetes.Provider(`${name}-kubernetes`, { kubeconfig: this.kubeconfig }, { parent: this });
    new CiliumNetwork(
      `${name}-cilium`,
      { ...cni, clusterName: name, endpoint: controlPlane.join.endpoint, nodes: nodeCount(args) },
      // What runs in the cluster needs no undoing when the cluster itself goes.
      { parent: this, provider, dependsOn: controlPlane.ready, deletedWith: pki.lifetime },
    );
  }
}

function validate(name: string, args: KubernetesClusterArgs): void {
  const problems = new Problems();
  checkCluster(name, args, problems);
  problems.throwIfAny(`Kubernetes cluster "${name}"`);
}
