import * as pulumi from "@pulumi/pulumi";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { defined } from "../../lib/defined.ts";
import { isId } from "../../lib/ids.ts";
import type { NetworkSettings } from "../../lib/network/settings.ts";
import type { MachineSettings } from "../../lib/node/machine-settings.ts";
import { ownBastion } from "../../lib/ssh/own-bastion.ts";
import { CloudLookups } from "../openstack/cloud-lookups.ts";

/** Images, flavors and networks of a cluster's arguments, by id. */
export interface CloudNames {
  controlPlane: MachineSettings;
  /** Machines by pool, without imported servers. */
  pools: Record<string, MachineSettings>;
  /** Machine of the members of an etcd on its own machines; `undefined` with stacked etcd. */
  etcd?: MachineSettings;
  /** Machine of the cluster's own bastion; `undefined` without one. */
  bastion?: MachineSettings;
  network: NetworkSettings;
  /** Known when all ids are. */
  known: pulumi.Output<unknown>;
}

/** Looks up the ids of images, flavors and networks that are given by name, each name once. */
export function lookUpNames(
  { apiEndpoint, controlPlane, etcd, ssh, pools = {}, network }: KubernetesClusterArgs,
  parent: pulumi.Resource,
): CloudNames {
  const cloud = new CloudLookups(parent);
  const ids: pulumi.Output<string>[] = [];
  const find = (machine: MachineSettings): MachineSettings => {
    const found = { image: cloud.image(machine.image), flavor: cloud.flavor(machine.flavor) };
    ids.push(found.image, found.flavor);
    return { ...machine, ...found };
  };
  const bastion = ownBastion(ssh);
  const made = Object.entries(pools).flatMap(([pool, args]) => ("machine" in args ? [[pool, find(args.machine)] as const] : []));
  const machines = {
    controlPlane: find(controlPlane.machine),
    pools: Object.fromEntries(made),
    ...defined({
      etcd: etcd?.topology === "external" ? find(etcd.machine) : undefined,
      bastion: bastion && find(bastion.machine),
    }),
  };
  const external = network.externalNetwork === undefined ? {} : { externalNetwork: cloud.externalNetwork(network.externalNetwork).id };
  const { dns } = apiEndpoint;
  const zone = dns && !isId(dns.zone) ? [cloud.zone(dns.zone).id] : [];
  return { ...machines, network: { ...network, ...external }, known: pulumi.all([...ids, ...Object.values(external), ...zone]) };
}
