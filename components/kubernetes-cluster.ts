import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkCluster } from "../lib/cluster/rules.ts";
import type { KubernetesClusterArgs } from "../lib/cluster/settings.ts";
import { Problems } from "../lib/problems.ts";
import { wantedVersions } from "../lib/upgrade/wanted-versions.ts";
import type { ApiBackend, Endpoint } from "./api-endpoint.ts";
import type { NetworkAttachment } from "./cluster-network.ts";
import { ClusterProvider } from "./cluster-provider.ts";
import { after, allReady, type Ready } from "./engine/gate.ts";
import type { EtcdClient } from "./etcd-cluster.ts";
import { createAddOns } from "./kubernetes-cluster/add-ons.ts";
import { createContext } from "./kubernetes-cluster/context.ts";
import { createControlPlane, createEtcd, softwareOf } from "./kubernetes-cluster/control-plane.ts";
import { ownKubeconfig } from "./kubernetes-cluster/kubeconfig.ts";
import { createEndpoint, createNetwork, createSshAccess } from "./kubernetes-cluster/network.ts";
import { createNetworkPlugin } from "./kubernetes-cluster/network-plugin.ts";
import { createPools, type NodeList } from "./kubernetes-cluster/pools.ts";
import { completeEverywhere } from "./kubernetes-cluster/rotation.ts";
import type { ControlPlaneCredentials } from "./pki/credentials.ts";
import { type PoolContract, plainContract } from "./pool/pool-contract.ts";
import { SshKey } from "./ssh-key.ts";

/** Kubernetes cluster on OpenStack: network, machines, etcd, control plane, workers, network plugin and add-ons in one plan. */
export class KubernetesCluster extends pulumi.ComponentResource {
  // For users of the cluster.

  /** Kubeconfig of the administrator, a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** `https://host:port` of the Kubernetes API for users. */
  readonly endpoint: pulumi.Output<string>;
  /** Value for `dependsOn` of resources that need the API, the network plugin, the nodes of all pools and the add-ons. */
  readonly ready: Ready;

  // For the cluster's operators.

  /** Private key for SSH to the nodes, a secret. */
  readonly sshPrivateKey: pulumi.Output<string>;
  /** Address of the bastion for SSH to the nodes; empty when they are reached directly. */
  readonly sshBastion: pulumi.Output<string>;
  /** Names and addresses of the control planes. */
  readonly controlPlanes: NodeList;
  /** Names and addresses of the members of an etcd on its own machines; empty with stacked etcd. */
  readonly etcdMembers: NodeList;
  /** Names and addresses of the workers, by pool. */
  readonly pools: Record<string, NodeList>;

  // For programs that add to the cluster: each is an argument of other components.

  /** Network of the nodes, for further machines. */
  readonly network: NetworkAttachment;
  /** Hosts and port of the Kubernetes API, for users and for nodes. */
  readonly apiEndpoint: Endpoint;
  /** Access to an etcd on its own machines; its client key is a secret. */
  readonly etcd?: EtcdClient;
  /** Access to Cilium's own etcd; its client key is a secret. */
  readonly ciliumEtcd?: EtcdClient;
  /** Credentials of the control planes, secrets: they give full control of the cluster. */
  readonly credentials: ControlPlaneCredentials;
  /**
   * Arguments that all pools share, for a further NodePool or ImportedNodes in this program:
   * `new NodePool(name, { ...cluster.poolArgs, pool, machine, count })`.
   */
  readonly poolArgs: PoolContract;
  /** The same arguments for a NodePool in another stack, as plain data and a secret. A stack can export it. */
  readonly poolContract: pulumi.Output<PoolContract>;

  readonly #makeProvider: () => kubernetes.Provider;
  #provider: kubernetes.Provider | undefined;

  constructor(name: string, args: KubernetesClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:KubernetesCluster", name, {}, opts);
    const cluster = createContext(name, args, this);
    const { pki } = cluster;
    const key = new SshKey(`${name}-ssh`, args.ssh ?? {}, cluster.inCloud);
    const network = createNetwork(cluster);
    // Control planes need the endpoint's address, and the endpoint forwards to them.
    const [backends, resolveBackends] = pulumi.deferredOutput<ApiBackend[]>();
    const api = createEndpoint(cluster, network, backends);
    const ssh = createSshAccess(cluster, network, key.access);
    const node = { ...softwareOf(cluster, api.endpoint), clusterName: name, network: network.attachment, ssh };
    const etcd = createEtcd(cluster, node, network);
    const controlPlane = createControlPlane(cluster, node, network, api.endpoint, etcd?.client);
    resolveBackends(controlPlane.backends);

    this.kubeconfig = pki.adminKubeconfig(api.address);
    const provider = { kubeconfig: ownKubeconfig(cluster, api, controlPlane), ready: controlPlane.ready, lifetime: pki.lifetime };
    this.#makeProvider = () => new ClusterProvider(`${name}-kubernetes`, provider, { parent: this });
    this.poolArgs = { ...node, ssh: controlPlane.ssh, join: controlPlane.join };
    const pools = createPools(cluster, this.poolArgs);
    const { endpoint } = controlPlane.join;
    const plugin = createNetworkPlugin(cluster, { endpoint, provider: () => this.provider, kvstore: etcd?.ciliumClient });

    const nodesReady = allReady([controlPlane.ready, plugin?.release.id, ...Object.values(pools).map((pool) => pool.ready)]);
    completeEverywhere(cluster, nodesReady);
    this.ready = allReady([nodesReady, ...createAddOns(cluster, nodesReady, () => this.provider)]);
    this.endpoint = pulumi.interpolate`https://${api.address}`;
    this.sshPrivateKey = key.privateKey;
    this.sshBastion = pulumi.output(controlPlane.ssh.bastion?.host ?? "");
    this.controlPlanes = controlPlane.nodes;
    this.etcdMembers = etcd?.members ?? pulumi.output([]);
    this.pools = Object.fromEntries(Object.entries(pools).map(([pool, { nodes }]) => [pool, nodes]));
    this.network = network.attachment;
    this.apiEndpoint = api.endpoint;
    if (etcd) this.etcd = etcd.client;
    if (etcd?.ciliumClient) this.ciliumEtcd = etcd.ciliumClient;
    this.credentials = pki.credentials;
    this.poolContract = plainContract(this.poolArgs);
    const { kubeconfig, controlPlanes, etcdMembers } = this;
    // The versions are recorded when all control planes have them. The next run compares them with those that are wanted.
    const versions = after(wantedVersions(args), controlPlane.ready);
    this.registerOutputs({ kubeconfig, endpoint: this.endpoint, controlPlanes, etcdMembers, pools: this.pools, versions });
  }

  /**
   * Provider for Kubernetes objects in this cluster, which are created once the API answers. The provider is created at the first use of
   * this property, so a program without such objects need not reach the API.
   */
  get provider(): kubernetes.Provider {
    this.#provider ??= this.#makeProvider();
    return this.#provider;
  }
}

function validate(name: string, args: KubernetesClusterArgs): void {
  const problems = new Problems();
  checkCluster(name, args, problems);
  problems.throwIfAny(`Kubernetes cluster "${name}"`);
}
