import { checkBackups } from "../etcd-backup/rules.ts";
import { DEFAULT_KUBERNETES_VERSION, minorOf } from "../node/kubernetes-version.ts";
import { checkMachine, isVolumeSize } from "../node/machine.ts";
import { LARGEST_VOLUME } from "../node/machine-settings.ts";
import { checkSoftware } from "../node/rules.ts";
import type { NodeSoftwareSettings } from "../node/settings.ts";
import { checkSetup } from "../node/setup.ts";
import { checkZones } from "../node/zones.ts";
import type { Problems } from "../problems.ts";
import { type EtcdMembersSettings, MEMBER_COUNTS } from "./settings.ts";
import { checkEtcdSettings } from "./tuning.ts";

/** Default number of members. With five, two may be lost. */
export const DEFAULT_MEMBERS = 5;

/** Minor version of etcd since the Kubernetes version that is made and tested with it (kubeadm, SupportedEtcdVersion). */
const NEWEST_ETCD = { etcd: "3.7", kubernetes: "1.37" };

/** Checks the arguments of an etcd, as far as that is possible without a request to the cloud. */
export function checkEtcd(args: Partial<EtcdMembersSettings>, problems: Problems, kubernetesVersion?: string): void {
  const { members = DEFAULT_MEMBERS, machine, etcdVersion, dataVolume, settings = {} } = args;
  if (!MEMBER_COUNTS.includes(members)) problems.add("members", `${members} is not a number of members; use ${MEMBER_COUNTS.join(", ")}`);
  checkEtcdVersion(etcdVersion, kubernetesVersion, problems);
  checkZones("dataVolume.availabilityZones", dataVolume?.availabilityZones, problems);
  if (dataVolume !== undefined && !isVolumeSize(dataVolume.size)) {
    problems.add("dataVolume.size", `${dataVolume.size} is not a size of a volume; use a whole number of GiB from 1 to ${LARGEST_VOLUME}`);
  }
  checkMachine(machine ?? {}, problems.at("machine"));
  checkSetup(args, problems);
  checkEtcdSettings(settings, problems.at("settings"));
  checkBackups(args, problems);
}

/** Checks the tag of etcd's image. */
export function checkEtcdVersion(etcdVersion: string | undefined, kubernetes: string | undefined, problems: Problems): void {
  const kubernetesVersion = kubernetes ?? DEFAULT_KUBERNETES_VERSION;
  if (etcdVersion !== undefined && !/^3\.[67]\.\d+(-\d+)?$/.test(etcdVersion)) {
    problems.add("etcdVersion", `"${etcdVersion}" is not the tag of a known etcd image; use one of 3.6 or 3.7, like "3.6.11-0"`);
  } else if (
    etcdVersion !== undefined &&
    minorOf(etcdVersion) === NEWEST_ETCD.etcd &&
    minorOf(kubernetesVersion) < NEWEST_ETCD.kubernetes
  ) {
    problems.add(
      "etcdVersion",
      `"${etcdVersion}" is newer than the etcd that Kubernetes ${kubernetesVersion} is made for; use one of 3.6, or Kubernetes ${NEWEST_ETCD.kubernetes}`,
    );
  }
}

/** Checks the arguments of an etcd that is used by itself. */
export function checkEtcdCluster(args: Partial<EtcdMembersSettings> & NodeSoftwareSettings, problems: Problems): void {
  checkEtcd(args, problems, args.kubernetesVersion);
  checkSoftware(args, problems);
}
