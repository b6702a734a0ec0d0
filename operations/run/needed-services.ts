import * as pulumi from "@pulumi/pulumi";
import type { OpenStack, Service } from "../../clients/openstack/client.ts";
import type { AnyOf } from "../../lib/any-of.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import type { EtcdSettings } from "../../lib/etcd/settings.ts";
import { ownBastion } from "../../lib/ssh/own-bastion.ts";

/** Service that a cluster needs. */
export interface NeededService {
  service: Service;
  /** Name for users: the type in the catalogue, and the project. */
  title: string;
  /** Setting that needs it. */
  setting: string;
  /** Way to do without it. */
  instead: string;
}

/** Error about a cluster whose cloud lacks a service. Pulumi shows it without a stack trace. */
export class MissingServices extends pulumi.RunError {
  constructor(clusterName: string, missing: readonly NeededService[]) {
    const lines = missing.map(({ title, setting, instead }) => `  ${title}, for ${setting}: ${instead}`).join("\n");
    super(`Kubernetes cluster "${clusterName}" needs services of which its OpenStack project sees no endpoint:\n${lines}`);
  }
}

/** Checks by the catalogue, before anything is created, that the cloud has the services that a cluster needs. */
export function checkServices(cloud: OpenStack, clusterName: string, args: KubernetesClusterArgs): void {
  const missing = neededServices(args).filter(({ service }) => !cloud.has(service));
  if (missing.length > 0) throw new MissingServices(clusterName, missing);
}

/** Lists the services that a cluster needs, each with the first setting that needs it. */
export function neededServices(args: KubernetesClusterArgs): NeededService[] {
  const { type, dns }: { type: string; dns?: unknown } = args.apiEndpoint;
  const [volume] = volumeSettings(args);
  const region = "correct the region, region_name in clouds.yaml or OS_REGION_NAME";
  const all: (NeededService | false)[] = [
    { service: "compute", title: "compute (Nova)", setting: "all machines", instead: region },
    { service: "network", title: "network (Neutron)", setting: "all machines", instead: region },
    type === "octavia" && {
      service: "loadBalancer",
      title: "load-balancer (Octavia)",
      setting: 'apiEndpoint.type "octavia"',
      instead: 'take the type "vip", or "floatingIp" for one control plane',
    },
    dns !== undefined && {
      service: "dns",
      title: "dns (Designate)",
      setting: "apiEndpoint.dns",
      instead: "leave it out, and make the record elsewhere",
    },
    volume !== undefined && {
      service: "volume",
      title: "volumev3 (Cinder)",
      setting: volume,
      instead: "leave it out, and choose a flavor with a disk of its own",
    },
  ];
  return all.filter((each) => each !== false);
}

/** Lists the settings that ask for volumes. */
function volumeSettings({ controlPlane, etcd, pools = {}, ssh }: KubernetesClusterArgs): string[] {
  const { machine, dataVolume }: AnyOf<EtcdSettings> = etcd ?? { topology: "stacked" };
  const settings: [string, unknown][] = [
    ["controlPlane.machine.volume", controlPlane.machine.volume],
    ["etcd.dataVolume", dataVolume],
    ["etcd.machine.volume", machine?.volume],
    ...Object.entries(pools).map(([name, pool]): [string, unknown] => [
      `pools.${name}.machine.volume`,
      "machine" in pool ? pool.machine.volume : undefined,
    ]),
    ["ssh.bastion.machine.volume", ownBastion(ssh)?.machine.volume],
  ];
  return settings.filter(([, value]) => value !== undefined).map(([name]) => name);
}
