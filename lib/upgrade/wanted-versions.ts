import type { KubernetesClusterArgs } from "../cluster/settings.ts";
import { DEFAULTS } from "../cluster/shape.ts";
import { defined } from "../defined.ts";
import { etcdTag } from "./etcd-versions.ts";
import type { Versions } from "./judge.ts";

/** Returns the versions that a cluster's arguments ask for. */
export function wantedVersions({ kubernetesVersion = DEFAULTS.kubernetesVersion, etcd }: KubernetesClusterArgs): Versions {
  return { kubernetes: kubernetesVersion, ...defined({ etcd: etcdTag(kubernetesVersion, etcd?.etcdVersion) }) };
}
