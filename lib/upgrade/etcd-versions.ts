import { minorOf } from "../node/kubernetes-version.ts";

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
