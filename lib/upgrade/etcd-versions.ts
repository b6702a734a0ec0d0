import { minorOf } from "../node/kubernetes-version.ts";
import { compareVersions, minorNumber } from "./versions.ts";

/** Oldest version of etcd whose members take one of 3.7 among them (https://etcd.io/docs/v3.7/upgrades/upgrade_3_7/). */
export const FIRST_BEFORE_3_7 = "3.6.11";

/**
 * Tags of etcd's image that differ from kubeadm's, by the minor version of Kubernetes. kubeadm of 1.34 to 1.36 brings 3.6.8, and that of 1.37
 * brings 3.7.0, which does not join members of 3.6.8. So a cluster of 1.37 has the last step before 3.7, and 3.7 is a step of its own.
 */
const OWN_TAGS: Readonly<Record<string, string>> = { "1.37": `${FIRST_BEFORE_3_7}-0` };

/** Returns the tag of etcd's image for a version of Kubernetes; `undefined` when it is kubeadm's own. */
export function etcdTag(kubernetesVersion: string, given?: string): string | undefined {
  return given ?? OWN_TAGS[minorOf(kubernetesVersion)];
}

/** Returns why members of these versions do not become members of this tag one after another; `undefined` when they do. */
export function obstacleOfEtcd(members: readonly string[], tag: string): string | undefined {
  const oldest = [...members].sort(compareVersions)[0];
  if (oldest === undefined) return undefined;
  const newest = [...members].sort(compareVersions).at(-1)!;
  if (minorNumber(tag) < minorNumber(newest))
    return `etcd runs ${newest}, and ${tag} is older, but etcd does not go back to an earlier minor version; give etcd.etcdVersion of ${newest} or later`;
  if (minorNumber(tag) > minorNumber(oldest) + 1)
    return `etcd runs ${oldest}, and ${tag} is more than one minor version later; give etcd.etcdVersion of the next minor version first`;
  if (minorNumber(tag) > minorNumber(oldest) && compareVersions(oldest, FIRST_BEFORE_3_7) < 0)
    return `etcd runs ${oldest}, and only members of ${FIRST_BEFORE_3_7} and later take one of ${tag} among them; run once with etcd.etcdVersion ${FIRST_BEFORE_3_7}-0`;
  return undefined;
}
