import { checkKubernetesVersion } from "../node/kubernetes-version.ts";
import { isVolumeSize } from "../node/machine.ts";
import { LARGEST_VOLUME } from "../node/machine-settings.ts";
import type { Problems } from "../problems.ts";
import { type EtcdMembersSettings, MEMBER_COUNTS } from "./settings.ts";
import { checkEtcdSettings } from "./tuning.ts";

/** Default number of members. With five, two may be lost. */
export const DEFAULT_MEMBERS = 5;

/** Checks the arguments of an etcd, as far as that is possible without a request to the cloud. */
export function checkEtcd(
  { members = DEFAULT_MEMBERS, etcdVersion, zones, dataVolume, settings = {} }: Partial<EtcdMembersSettings>,
  problems: Problems,
): void {
  if (!MEMBER_COUNTS.includes(members)) problems.add("members", `${members} is not a number of members; use ${MEMBER_COUNTS.join(", ")}`);
  if (etcdVersion !== undefined && !/^3\.[67]\.\d+(-\d+)?$/.test(etcdVersion)) {
    problems.add("etcdVersion", `"${etcdVersion}" is not the tag of a known etcd image; use one of 3.6 or 3.7, like "3.6.8-0"`);
  }
  if (zones?.length === 0) problems.add("zones", "is empty; name availability zones, or leave it out");
  if (dataVolume !== undefined && !isVolumeSize(dataVolume.size)) {
    problems.add("dataVolume.size", `${dataVolume.size} is not a size of a volume; use a whole number of GiB from 1 to ${LARGEST_VOLUME}`);
  }
  checkEtcdSettings(settings, problems.at("settings"));
}

/** Checks the arguments of an etcd that is used by itself. */
export function checkEtcdCluster(args: Partial<EtcdMembersSettings> & { kubernetesVersion: string }, problems: Problems): void {
  checkEtcd(args, problems);
  checkKubernetesVersion("kubernetesVersion", args.kubernetesVersion, problems);
}
