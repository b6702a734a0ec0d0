import type * as pulumi from "@pulumi/pulumi";
import { RECREATING } from "../../lib/pool/machine-inputs.ts";
import type { UpgradeSettings } from "../../lib/pool/settings.ts";
import type { NetworkAttachment } from "../cluster-network.ts";
import { after } from "../engine/gate.ts";
import { settled } from "../engine/settled.ts";
import { CloudLookups } from "../openstack/cloud-lookups.ts";
import { replacementTrigger } from "../openstack/lost-machines.ts";
import { FIRST_BOOT_PROPERTIES, type ServerArgs, serverArgs, zoneArgs } from "../openstack/machine.ts";
import type { ConcurrencyLimit, Places } from "../pool/concurrency.ts";
import type { Worker } from "./existing-machines.ts";
import type { PoolProgress } from "./progress.ts";
import { Rollout } from "./rollout.ts";
import { portId, workerPort } from "./worker-port.ts";
import { WorkerServer, type WorkerServerArgs } from "./worker-server.ts";

export interface WorkersArgs extends ServerArgs {
  /** Name of the pool. */
  pool: string;
  /** Network of the nodes. */
  network: NetworkAttachment;
  upgrade?: UpgradeSettings;
}

/** What the workers of a pool share. */
export interface WorkersContext {
  component: pulumi.ComponentResource;
  /** Name of the component. */
  name: string;
  /** Limit of servers that are made at a time. */
  creates: ConcurrencyLimit;
  progress: PoolProgress;
}

/** Makes the machines of a pool's workers, by key. */
export function makeWorkers(
  { component, name, creates, progress }: WorkersContext,
  keys: readonly string[],
  args: WorkersArgs,
): { workers: Map<string, Worker>; rollout: Rollout } {
  const common = serverArgs(args, component, { name });
  const { networkId, ready, workerPorts: hasPorts = false } = args.network;
  const securityGroups = namesOfSecurityGroups(component, args);
  const inputs = { ...common, networks: [{ uuid: after(networkId, ready) }], securityGroups };
  const server = Object.fromEntries(Object.entries(common).filter(([property]) => (RECREATING as readonly string[]).includes(property)));
  const rollout = new Rollout(component, { name, pool: args.pool, keys, maxSurge: args.upgrade?.maxSurge, server, networkId, hasPorts });
  const known = settled([component.urn, inputs, args.machine.availabilityZones, rollout.decided]);
  const make = (worker: string, own: WorkerServerArgs, known: Promise<unknown>) =>
    makeServer(worker, own, known, { component, creates, progress });
  const workers = keys.map((key): [string, Worker] => {
    const worker = `${name}-${key}`;
    const own = { ...rollout.ofServer(worker), ...zoneArgs(args.machine, Number(key)) };
    if (!hasPorts) return [key, { server: make(worker, { ...inputs, ...own }, known) }];
    const makePort = (dependsOn: Places) => workerPort(worker, { ...args, server: common, rollout }, { parent: component, dependsOn });
    const port = creates.make(1, known, makePort);
    const withPort = { ...common, ...own, networks: [{ port: after(portId(port), ready) }] };
    return [key, { port, server: make(worker, withPort, settled([known, withPort])) }];
  });
  return { workers: new Map(workers), rollout };
}

/** Returns the names of the security groups of servers whose ports Nova makes. */
function namesOfSecurityGroups(component: pulumi.Resource, { network, machine }: WorkersArgs): pulumi.Input<string>[] {
  if (network.workerPorts) return [];
  const cloud = new CloudLookups(component);
  return [...network.securityGroups, ...(machine.securityGroups ?? []).map((id) => cloud.securityGroupName(id))];
}

function makeServer(
  name: string,
  inputs: WorkerServerArgs,
  known: Promise<unknown>,
  { component, creates, progress }: Omit<WorkersContext, "name">,
): WorkerServer {
  const options = {
    parent: component,
    // Nova would rebuild in place and keep the old node's identity. A new machine gets a new name and joins; then the old one is drained.
    // A server whose creation ended in an error is recreated, too: Pulumi would keep it.
    replaceOnChanges: ["imageId", "#initerror"],
    ignoreChanges: FIRST_BOOT_PROPERTIES,
    ...replacementTrigger(component, name),
    ...progress.options,
  };
  const server = creates.make(1, known, (dependsOn) => new WorkerServer(name, inputs, { ...options, dependsOn }));
  progress.server(name, server);
  return server;
}
