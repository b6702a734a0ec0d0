import type * as command from "@pulumi/command";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { checkControlPlaneFixed, type FixedControlPlaneSettings } from "../lib/cluster/fixed-settings.ts";
import { checkControlPlane } from "../lib/control-plane/rules.ts";
import { defined } from "../lib/defined.ts";
import { checkEtcdVersion } from "../lib/etcd/rules.ts";
import { API_PORT } from "../lib/kubeadm/init.ts";
import { checkSoftware } from "../lib/node/rules.ts";
import type { ControlPlaneInput, ControlPlanesInput } from "../lib/node/script-inputs.ts";
import { bundle } from "../lib/pki/bundle.ts";
import { checkValidity } from "../lib/pki/validity.ts";
import { nodeKeys } from "../lib/pool/node-keys.ts";
import { Problems } from "../lib/problems.ts";
import { etcdTag } from "../lib/upgrade/etcd-versions.ts";
import { type ControlPlaneArgs, restoreOf } from "./control-plane/arguments.ts";
import { controlPlaneInput, factsOf } from "./control-plane/input.ts";
import { completeRotation } from "./control-plane/rotation.ts";
import { refuseChanges } from "./engine/fixed.ts";
import { after, allReady, type Ready } from "./engine/gate.ts";
import { restoreCommand } from "./etcd/restore.ts";
import { STATEFUL_PROPERTIES, serverArgs, topologyOf, zoneArgs } from "./openstack/machine.ts";
import { withRetries } from "./openstack/retries.ts";
import { addressOf, stablePort } from "./openstack/stable-port.ts";
import { type CheckedCredentials, checkCredentials, checkedCredentials } from "./pki/credentials.ts";
import type { JoinContract } from "./pool/join-contract.ts";
import { contact, hostKeyOf } from "./ssh/contact.ts";
import { onFirst } from "./ssh/fan-out.ts";
import type { NodeMachine } from "./ssh/node-machine.ts";
import { remote } from "./ssh/remote.ts";
import type { SshAccess } from "./ssh/ssh-access.ts";

export type { ClusterCidrs, ControlPlaneArgs } from "./control-plane/arguments.ts";

/** Control planes. They start one after another, and each decides by itself whether to start the cluster or to join it. */
export class ControlPlane extends pulumi.ComponentResource {
  /** Join contract of workers. It is known when the API answers. */
  readonly join: JoinContract;
  /** SSH access to the cluster's other nodes. */
  readonly ssh: SshAccess;
  /** Ports and stable addresses of the control planes, in order, for an ApiEndpoint. */
  readonly backends: pulumi.Output<{ portId: string; address: string }[]>;
  /** Names and addresses of the nodes. */
  readonly nodes: pulumi.Output<{ name: string; address: string }[]>;
  /** Value for `dependsOn` of resources that need the API. It is known when all have started and former ones have left etcd. */
  readonly ready: Ready;
  readonly #ports: openstack.networking.Port[];

  constructor(name: string, args: ControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:ControlPlane", name, {}, withRetries(opts));

    const names = nodeKeys({ count: args.count ?? 1 }).map((key) => `${name}-${key}`);
    this.#ports = names.map((node) => this.#port(node, args));
    const servers = this.#servers(name, names, args);
    const machines = servers.map((server, index) => this.#machine(server, index, args));
    const contacted = contact(`${name}-contact`, { machines }, args.ssh, args, { parent: this });
    const pinned = machines.map((machine) => ({ ...machine, hostKey: hostKeyOf(contacted, machine.id) }));

    const nodeHost = pulumi.output(args.endpoint.nodeHost ?? machines[0]!.address);
    const endpoint = pulumi.interpolate`${nodeHost}:${args.endpoint.port ?? API_PORT}`;
    const unchanged = refuseChanges(`${name}-fixed`, `control plane "${name}"`, fixedSettings(args, endpoint), checkControlPlaneFixed, {
      parent: this,
    });
    const credentials = checkedCredentials(`control plane "${name}"`, args.credentials);
    const peers = machines.map(({ address }) => address);
    const wanted = controlPlaneInput({ ...args, credentials, nodeHost, firstNode: names[0]!, peers });
    const input = after(wanted, unchanged);
    const restored = this.#restore(name, pinned, servers[0]!, args, credentials, unchanged);
    const started = this.#start(pinned, servers, args.ssh, input, names, restored);
    const members = this.#removeOthers(name, names, pinned, args, started);
    // An API server that leaves loses its etcd first, and some requests to the endpoint would still meet it.
    const rotated = completeRotation(name, { machines: pinned, ssh: args.ssh, credentials: args.credentials }, members, this);
    this.ready = allReady([started.id, members.id, ...rotated]);

    this.backends = pulumi.all(this.#ports.map((port) => ({ portId: port.id, address: addressOf(port) })));
    this.nodes = pulumi.all(machines.map(({ name, address }) => ({ name, address })));
    this.ssh = this.#sshToNodes(args, pinned[0]!);
    this.join = {
      endpoint: after(endpoint, unchanged),
      // Known only when the API answers, so that joins wait for the API.
      ca: after(trustedCas(credentials), started.id),
      controlPlanes: pinned.map(({ name, id, address, hostKey }) => ({ name, id, address, hostKey })),
      ...defined({ lifetime: args.credentials.lifetime, restore: restoreOf(args) }),
    };
    this.registerOutputs({ nodes: this.nodes });
  }

  #port(node: string, args: ControlPlaneArgs): openstack.networking.Port {
    const { virtualAddress } = args.endpoint;
    const allowedAddressPairs = virtualAddress === undefined ? undefined : [{ ipAddress: virtualAddress }];
    return stablePort(node, args, this, { name: node, ...defined({ allowedAddressPairs }) });
  }

  #servers(name: string, names: string[], args: ControlPlaneArgs): openstack.compute.Instance[] {
    const common = serverArgs(args, this, defined({ name, serverGroup: names.length > 1 ? ("soft-anti-affinity" as const) : undefined }));
    return names.map((node, index) => {
      const port = after(this.#ports[index]!.id, args.network.ready);
      return new openstack.compute.Instance(
        node,
        { ...common, ...zoneArgs(args.machine, index), name: node, networks: [{ port }] },
        // The machine has etcd's data, so only an explicit replacement may delete it. A port serves one machine at a time.
        { parent: this, ignoreChanges: STATEFUL_PROPERTIES, deleteBeforeReplace: true },
      );
    });
  }

  /** Returns the machine of a control plane. Without a bastion, SSH reaches the first one at the endpoint's `sshHost`. */
  #machine(server: openstack.compute.Instance, index: number, { ssh, endpoint: { sshHost } }: ControlPlaneArgs) {
    const { name, id } = server;
    const address = addressOf(this.#ports[index]!);
    return { name, id, address, topology: topologyOf(server), ...defined({ sshHost: index === 0 && !ssh.bastion ? sshHost : undefined }) };
  }

  /** Returns SSH access to the other nodes: without a bastion, through the first control plane if the endpoint has an `sshHost`. */
  #sshToNodes({ ssh, endpoint }: ControlPlaneArgs, { hostKey }: { hostKey: pulumi.Input<string> }): SshAccess {
    if (endpoint.sshHost === undefined || ssh.bastion) return ssh;
    return { ...ssh, bastion: { host: endpoint.sshHost, port: ssh.port, hostKey } };
  }

  /** Restores stacked etcd on the initial control plane, before any control plane starts. */
  #restore(
    name: string,
    machines: (NodeMachine & { name: pulumi.Output<string> })[],
    server: openstack.compute.Instance,
    { etcd, etcdVersion, etcdRestore: restore, etcdBackup: backup, ssh, clusterName, kubernetesVersion, registries }: ControlPlaneArgs,
    credentials: CheckedCredentials,
    unchanged: pulumi.Output<void>,
  ): command.remote.Command | undefined {
    if (etcd || !restore) return undefined;
    const facts = after(factsOf(credentials, kubernetesVersion), unchanged);
    const members = pulumi.all(machines.map(({ name, address }) => ({ name, address })));
    const version = { kubernetesVersion, etcdVersion: etcdTag(kubernetesVersion, etcdVersion) };
    const plain = { clusterName, topology: "stacked" as const, ...version, imageRepository: registries?.imageRepository };
    const args = { ...plain, restore, backup, facts, ca: credentials.etcdCa!, machine: machines[0]!, ssh, members };
    return restoreCommand(name, args, { parent: this, deletedWith: server });
  }

  /** Starts the control planes by a remote command each, one after another, because etcd admits one new member at a time. */
  #start(
    machines: NodeMachine[],
    servers: openstack.compute.Instance[],
    ssh: SshAccess,
    input: pulumi.Output<ControlPlaneInput>,
    names: string[],
    restored: command.remote.Command | undefined,
  ): command.remote.Command {
    return machines.reduce<command.remote.Command | undefined>(
      (previous, machine, index) =>
        remote(
          `${names[index]}-kubeadm`,
          { machine, ssh, script: "controlPlane", input },
          { parent: this, deletedWith: servers[index]!, ...defined({ dependsOn: previous ?? restored }) },
        ),
      undefined,
    )!;
  }

  /**
   * Removes control planes from the cluster that are no longer wanted, and scales CoreDNS. Their machines still run then, and with them
   * etcd's majority.
   */
  #removeOthers(
    name: string,
    names: string[],
    machines: NodeMachine[],
    args: ControlPlaneArgs,
    started: pulumi.Resource,
  ): command.local.Command {
    const { ssh, etcd, kubernetesVersion, credentials, dnsReplicas } = args;
    const restore = restoreOf(args);
    const input: ControlPlanesInput = {
      WANTED_NODES: names.join(" "),
      ETCD: etcd ? "external" : "stacked",
      KUBERNETES_VERSION: kubernetesVersion,
      ...(dnsReplicas === undefined ? {} : { DNS_REPLICAS: String(dnsReplicas) }),
      ...(restore === undefined ? {} : { RESTORE: restore }),
    };
    const task = { machines, ssh, script: "reconcileControlPlanes", input, deadline: 600 } as const;
    return onFirst(`${name}-members`, task, { parent: this, dependsOn: started, ...defined({ deletedWith: credentials.lifetime }) });
  }
}

/** Returns the certificates of the CAs that nodes trust, that of the one in use first. */
function trustedCas({ clusterCa, trusted }: CheckedCredentials): pulumi.Output<string> {
  return pulumi.all([clusterCa, trusted]).apply(([{ certificate }, { clusterCas }]) => bundle(certificate, clusterCas));
}

/** Returns the settings that cannot change later. */
function fixedSettings({ clusterName, cidrs, kubeProxy, etcd }: ControlPlaneArgs, endpoint: pulumi.Output<string>) {
  const plain = { clusterName, ...cidrs, kubeProxy: kubeProxy !== false, etcd: etcd ? "external" : "stacked" } as const;
  return endpoint.apply((address): FixedControlPlaneSettings => ({ ...plain, eventsEtcd: etcd?.events !== undefined, endpoint: address }));
}

function validate(name: string, args: ControlPlaneArgs): void {
  const { etcd, credentials } = args;
  const problems = new Problems();
  const topology = etcd ? "external" : "stacked";
  checkControlPlane(args, topology, problems);
  checkEtcdVersion(args.etcdVersion, args.kubernetesVersion, problems);
  checkSoftware(args, problems);
  checkValidity("certificateValidity", args.certificateValidity, problems);
  checkCredentials(credentials, topology, problems.at("credentials"));
  problems.throwIfAny(`control plane "${name}"`);
}
