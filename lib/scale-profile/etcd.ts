import type { EtcdTuning } from "../etcd/settings.ts";
import { type ClusterSize, stepFor } from "./size.ts";

const GIBIBYTE = 1024 ** 3;

/**
 * Makes the settings of etcd for a size.
 *
 * The default quota is 2 GiB, with which etcd refused writes in Cilium's report of 1,000 nodes and 50,000 pods. 4 GiB is the quota of
 * Kubernetes' own scripts (cluster/gce/gci/configure-helper.sh). 8 GiB is the most that etcd suggests (dev-guide/limit), and the
 * first value of kops' scalability scenario. 16 GiB is the quota of Cilium's report and the most that these settings allow; etcd then
 * warns that it is more than suggested. The members' memory must hold the database: see the machines.
 *
 * Heartbeat and election times keep etcd's defaults, 100 and 1000 ms. They depend on the round trip between members (etcd, tuning),
 * which does not grow with the cluster. Members in distant zones need longer times at any size.
 */
export function etcdSettings(size: ClusterSize): EtcdTuning {
  const quota = stepFor(size, { medium: 4, large: 8, huge: 16 });
  return quota === undefined ? {} : { quotaBytes: quota * GIBIBYTE };
}

/** Makes arguments of stacked etcd from the same settings. */
export function etcdArgs({ quotaBytes }: EtcdTuning): Record<string, string> {
  return quotaBytes === undefined ? {} : { "quota-backend-bytes": String(quotaBytes) };
}
