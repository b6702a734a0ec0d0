import type { EtcdTuning } from "../etcd/settings.ts";
import { type ClusterSize, stepFor } from "./size.ts";

const GIBIBYTE = 1024 ** 3;

/**
 * Settings of etcd for a size.
 *
 * The quota is 2 GiB by default, at which Cilium's report of 1,000 nodes and 50,000 pods saw etcd refuse writes. 4 GiB is that of
 * Kubernetes' own scripts (cluster/gce/gci/configure-helper.sh), 8 GiB the most that etcd suggests (dev-guide/limit) and what kops'
 * scalability scenario starts from, 16 GiB that of Cilium's report and the most that these settings take; etcd then warns that it
 * is more than suggested. The members' memory must hold the database: see the machines.
 *
 * Heartbeat and election times stay etcd's own, 100 and 1000 ms: they follow the round trip between members (etcd, tuning), which
 * does not grow with the cluster. Members in zones that are far from each other need longer ones at any size.
 */
export function etcdSettings(size: ClusterSize): EtcdTuning {
  const quota = stepFor(size, { medium: 4, large: 8, huge: 16 });
  return quota === undefined ? {} : { quotaBytes: quota * GIBIBYTE };
}

/** The same settings as arguments of an etcd on the control planes. */
export function etcdArgs({ quotaBytes }: EtcdTuning): Record<string, string> {
  return quotaBytes === undefined ? {} : { "quota-backend-bytes": String(quotaBytes) };
}
