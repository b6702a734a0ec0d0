import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ApiEndpointSettings } from "../lib/api-endpoint/settings.ts";
import { checkFixed, type FixedSettings } from "../lib/cluster/fixed-settings.ts";
import { checkCluster } from "../lib/cluster/rules.ts";
import type { KubernetesClusterArgs } from "../lib/cluster/settings.ts";
import { DEFAULTS, fixedSettings, nodeCount } from "../lib/cluster/shape.ts";
import { DEFAULT_VIRTUAL_ADDRESS_PORT } from "../lib/control-plane/virtual-address.ts";
import type { EtcdMembersSettings } from "../lib/etcd/settings.ts";
import { API_PORT } from "../lib/kubeadm/init.ts";
import { kubeletOfPool } from "../lib/kubeadm/kubelet.ts";
import type { ClusterSoftwareSettings } from "../lib/node/settings.ts";
import { Problems } from "../lib/problems.ts";
import { scaledArgs } from "../lib/scale-profile/scaled-args.ts";
import { type ApiBackend, ApiEndpoint } from "./api-endpoint.ts";
import { Bastion } from "./bastion.ts";
import { CiliumNetwork } from "./cilium-network.ts";
import { ClusterNetwork } from "./cluster-network.ts";
import { ClusterPki } from "./cluster-pki.ts";
import { ClusterProvider } from "./cluster-provider.ts";
import { ControlPlane } from "./control-plane.ts";
import { refuseChanges } from "./engine/fixed.ts";
import { allReady, gate, type Ready } from "./engine/gate.ts";
import { type EtcdClient, EtcdCluster, type EtcdClusterArgs } from "./etcd-cluster.ts";
import { FlannelNetwork } from "./flannel-network.ts";
import { ImportedNodes, importedSsh } from "./imported-nodes.ts";
import { type CloudNames, lookUpNames } from "./kubernetes-cluster/cloud-names.ts";
import { NodePool } from "./node-pool.ts";
import { clearUpOnDeletion } from "./openstack/clear-up.ts";
import type { MarkArgs } from "./openstack/mark.ts";
import { ConcurrencyLimits } from "./pool/concurrency.ts";
import { type PoolContract, plainContract } from "./pool/pool-contract.ts";
import type { SshAccess } from "./ssh/ssh-access.ts";
import { SshKey } from "./ssh-key.ts";

type NodeList = pulumi.Output<{ name: string; address: string }[]>;

interface Pool {
  nodes: NodeList;
  ready: Ready;
}

/** A Kubernetes cluster on OpenStack: network, machines, etcd, control plane, workers and network plugin in one plan. */
export class KubernetesCluster extends pulumi.ComponentResource {
  /** The administrator's kubeconfig, a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Value for `dependsOn` of resources that need the API, the network plugin and the nodes of all pools. */
  readonly ready: Ready;
  /** `https://host:port` of the Kubernetes API for users. */
  readonly endpoint: pulumi.Output<string>;
  /** Private key with which nodes are reached over SSH, a secret. */
  readonly sshPrivateKey: pulumi.Output<string>;
  /** Address of the machine through which nodes are reached over SSH; empty when they are reached directly. */
  readonly sshBastion: pulumi.Output<string>;
  /** Names and addresses of the control planes. */
  readonly controlPlanes: NodeList;
  /** Names and addresses of the members of an etcd on machines of its own. */
  readonly etcdMembers: NodeList;
  /** Names and addresses of the workers, by pool. */
  readonly pools: Record<string, NodeList>;
  /** What a NodePool in another stack needs to join its nodes to this cluster, a secret. */
  readonly poolContract: pulumi.Output<PoolContract>;

  readonly #makeProvider: () => kubernetes.Provider;
  #provider: kubernetes.Provider | undefined;

  constructor(name: string, given: KubernetesClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, given);
    super("caravan:index:KubernetesCluster", name, {}, opts);
    const args = scaledArgs(given);
    const names = lookUpNames(args, this);
    const fixed = fixedSettings(args);
    const unchanged = this.#checkFixed(name, fixed, names.known);
    // Nothing is made before it is known that the cloud has all that is named, and that nothing is to change that cannot.
    const first = { parent: this, dependsOn: gate(unchanged) };

    const pki = new ClusterPki(`${name}-pki`, { clusterName: name, ...(fixed.kvstore ? { ciliumEtcd: true as const } : {}) }, first);
    // All that is in the cloud is made after what clears up.
    const child = { parent: this, dependsOn: clearUpOnDeletion(`${name}-leftovers`, [pki.lifetime.id], { parent: this }) };
    const key = new SshKey(`${name}-ssh`, args.ssh ?? {}, child);
    const owner = { clusterName: name, mark: pki.lifetime.id };
    const network = this.#network(name, args, { ...owner, keypair: key.access.keypair }, names, child);
    // Control planes are made with the endpoint, which forwards to them.
    const [backends, resolveBackends] = pulumi.deferredOutput<ApiBackend[]>();
    const endpoint = this.#endpoint(name, args, owner, network, backends, child);
    const access = this.#bastion(name, args, owner, names, key.access, network, child);
    const common = { ...softwareOf(args), clusterName: name, network: network.attachment };
    const etcd = this.#etcd(name, args, { ...common, ...owner, ssh: access }, names, network, pki, child);
    const controlPlane = new ControlPlane(
      `${name}-control-plane`,
      {
        ...common,
        ...args.controlPlane,
        machine: names.controlPlane,
        securityGroupIds: network.controlPlaneGroupIds,
        endpoint: endpoint.endpoint,
        credentials: pki.credentials,
        ssh: access,
        cidrs: { podCidr: fixed.podCidr, serviceCidr: fixed.serviceCidr, nodeCidrMask: fixed.nodeCidrMask },
        kubeProxy: fixed.kubeProxy ? (args.kubeProxy ?? {}) : false,
        ...(etcd ? { etcd: etcd.client } : {}),
      },
      child,
    );
    resolveBackends(controlPlane.backends);
    this.kubeconfig = pki.adminKubeconfig(endpoint.address);
    const contract = { ...common, ssh: controlPlane.ssh, join: controlPlane.join };
    const pools = this.#pools(name, args, contract, names, child);
    this.pools = Object.fromEntries(pools.map(([pool, { nodes }]) => [pool, nodes]));
    this.poolContract = plainContract(contract);

    const { kubeconfig } = this;
    const api = { kubeconfig, ready: controlPlane.ready, lifetime: pki.lifetime };
    this.#makeProvider = () => new ClusterProvider(`${name}-kubernetes`, api, { parent: this });
    const plugin = this.#networkPlugin(name, args, controlPlane, pki, etcd?.ciliumClient);
    this.ready = allReady([controlPlane.ready.id, plugin?.release.id, ...pools.map(([, { ready }]) => ready)]);
    this.endpoint = pulumi.interpolate`https://${endpoint.address}`;
    this.sshPrivateKey = key.privateKey;
    this.sshBastion = pulumi.output(controlPlane.ssh.bastion?.host ?? "");
    this.controlPlanes = controlPlane.nodes;
    this.etcdMembers = etcd?.members ?? pulumi.output([]);
    const { controlPlanes, etcdMembers } = this;
    this.registerOutputs({ kubeconfig, endpoint: this.endpoint, controlPlanes, etcdMembers, pools: this.pools });
  }

  /**
   * Provider for Kubernetes objects in this cluster; they are made when the API answers. The provider is made at the first use of this
   * property, so a program without such objects need not reach the API.
   */
  get provider(): kubernetes.Provider {
    this.#provider ??= this.#makeProvider();
    return this.#provider;
  }

  /** Remembers what the cluster is made with, and refuses to change what cannot be changed in place. */
  #checkFixed(name: string, now: FixedSettings, known: pulumi.Output<unknown>): pulumi.Output<void> {
    const opts = { parent: this, dependsOn: gate(known) };
    return refuseChanges(`${name}-fixed`, `Kubernetes cluster "${name}"`, now, checkFixed, opts);
  }

  #network(
    name: string,
    args: KubernetesClusterArgs,
    owner: MarkArgs & { keypair: pulumi.Input<string> },
    names: CloudNames,
    child: pulumi.ComponentResourceOptions,
  ): ClusterNetwork {
    const { apiEndpoint, ssh = {} } = args;
    const apiCidrs = apiEndpoint.allowedCidrs;
    // Through a bastion of the cluster's own nobody comes from outside.
    const sshCidrs = names.bastion ? [] : (ssh.allowedCidrs ?? apiCidrs);
    const ports = { ...(ssh.port ? { sshPort: ssh.port } : {}), apiPort: apiPort(apiEndpoint) };
    return new ClusterNetwork(
      `${name}-network`,
      { ...owner, network: names.network, pools: args.pools ?? {}, apiCidrs, sshCidrs, ...ports },
      child,
    );
  }

  #endpoint(
    name: string,
    { apiEndpoint, network: { cidr } }: KubernetesClusterArgs,
    owner: MarkArgs,
    { externalNetwork, attachment }: ClusterNetwork,
    backends: pulumi.Output<ApiBackend[]>,
    child: pulumi.ComponentResourceOptions,
  ): ApiEndpoint {
    const pool = externalNetwork ? { floatingIpPool: externalNetwork.name } : {};
    const network = { ...attachment, cidr };
    return new ApiEndpoint(`${name}-api`, { ...owner, endpoint: apiEndpoint, network, backends, ...pool }, child);
  }

  #bastion(
    name: string,
    { apiEndpoint, ssh }: KubernetesClusterArgs,
    owner: MarkArgs,
    { bastion: machine }: CloudNames,
    access: SshAccess,
    network: ClusterNetwork,
    child: pulumi.ComponentResourceOptions,
  ): SshAccess {
    if (!machine || !ssh?.bastion || "host" in ssh.bastion) return access;
    const allowedCidrs = ssh.bastion.allowedCidrs ?? ssh.allowedCidrs ?? apiEndpoint.allowedCidrs;
    const place = { network: network.attachment, floatingIpPool: network.externalNetwork!.name };
    const bastion = new Bastion(`${name}-bastion`, { ...owner, machine, ...place, allowedCidrs, ssh: access }, child);
    return { ...access, bastion: bastion.access };
  }

  #etcd(
    name: string,
    { etcd }: KubernetesClusterArgs,
    common: Omit<EtcdClusterArgs, keyof EtcdMembersSettings | "authority" | "securityGroupIds">,
    { etcd: machine }: CloudNames,
    { nodeGroupId }: ClusterNetwork,
    pki: ClusterPki,
    child: pulumi.ComponentResourceOptions,
  ): EtcdCluster | undefined {
    if (etcd?.topology !== "external" || !machine) return undefined;
    const cilium = pki.ciliumEtcd ? { cilium: { authority: pki.ciliumEtcd } } : {};
    const events = etcd.eventsEtcd === true;
    const args = { ...common, ...etcd, machine, securityGroupIds: [nodeGroupId], authority: pki.etcd, events, ...cilium };
    return new EtcdCluster(`${name}-etcd`, args, child);
  }

  #pools(
    name: string,
    { pools = {}, concurrency }: KubernetesClusterArgs,
    common: PoolContract,
    names: CloudNames,
    child: pulumi.ComponentResourceOptions,
  ): [string, Pool][] {
    const shared = { ...common, concurrency: new ConcurrencyLimits(concurrency) };
    return Object.entries(pools).map(([pool, given]) => {
      const component = `${name}-${pool}`;
      const args = { ...given, ...(given.kubelet ? { kubelet: kubeletOfPool(common.kubelet, given.kubelet) } : {}) };
      if ("imported" in args) {
        const ssh = importedSsh(args.ssh, common.ssh);
        return [pool, new ImportedNodes(component, { ...common, ...args, ssh, clusterSsh: common.ssh, pool }, child)];
      }
      const network = { ...common.network, ...args.network };
      return [pool, new NodePool(component, { ...shared, ...args, network, machine: names.pools[pool]!, pool }, child)];
    });
  }

  #networkPlugin(
    name: string,
    args: KubernetesClusterArgs,
    controlPlane: ControlPlane,
    pki: ClusterPki,
    kvstore?: EtcdClient,
  ): CiliumNetwork | FlannelNetwork | undefined {
    const { cni = { type: "cilium" } } = args;
    if (cni.type === "none") return undefined;
    // What runs in the cluster needs no undoing when the cluster itself goes.
    const child = { parent: this, provider: this.provider, deletedWith: pki.lifetime };
    if (cni.type === "flannel") {
      return new FlannelNetwork(`${name}-flannel`, { ...cni, podCidr: fixedSettings(args).podCidr }, child);
    }
    const { endpoint } = controlPlane.join;
    const cilium = { ...cni, clusterName: name, endpoint, nodes: nodeCount(args), ...(kvstore ? { kvstore } : {}) };
    return new CiliumNetwork(`${name}-cilium`, cilium, child);
  }
}

/** What runs on all nodes. */
function softwareOf(args: KubernetesClusterArgs): ClusterSoftwareSettings {
  const { kubernetesVersion = DEFAULTS.kubernetesVersion, kubelet, registries, packageRepository, sysctls, ignorePreflightErrors } = args;
  return {
    kubernetesVersion,
    ...(kubelet ? { kubelet } : {}),
    ...(registries ? { registries } : {}),
    ...(packageRepository ? { packageRepository } : {}),
    ...(sysctls ? { sysctls } : {}),
    ...(ignorePreflightErrors ? { ignorePreflightErrors } : {}),
  };
}

/** Port at which the API is open to its users. */
function apiPort(endpoint: ApiEndpointSettings): number {
  return endpoint.type === "vip" ? (endpoint.port ?? DEFAULT_VIRTUAL_ADDRESS_PORT) : API_PORT;
}

function validate(name: string, args: KubernetesClusterArgs): void {
  const problems = new Problems();
  checkCluster(name, args, problems);
  problems.throwIfAny(`Kubernetes cluster "${name}"`);
}
