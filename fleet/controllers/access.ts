import type { Api } from "../api/api.ts";
import { unlessStatus } from "../api/api.ts";
import { ROLE_BINDINGS, ROLES, SECRETS } from "../api/resources.ts";
import type { Cluster } from "../crds/kinds/cluster.ts";
import { API_VERSION } from "../crds/kinds/object.ts";
import { kubeconfigSecretOf } from "../rules/statuses.ts";

const RBAC = "rbac.authorization.k8s.io";

/** Lets the owner of a cluster's claim read its kubeconfig, and nobody else. */
export async function giveAccess(api: Api, { metadata, spec }: Cluster): Promise<void> {
  const name = kubeconfigSecretOf(metadata.name);
  const owner = { apiVersion: API_VERSION, kind: "Cluster", name: metadata.name, uid: metadata.uid };
  const common = { apiVersion: `${RBAC}/v1`, metadata: { name, ownerReferences: [owner] } };
  const role = { ...common, kind: "Role", rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames: [name], verbs: ["get"] }] };
  const binding = {
    ...common,
    kind: "RoleBinding",
    roleRef: { apiGroup: RBAC, kind: "Role", name },
    subjects: [{ apiGroup: RBAC, kind: "User", name: spec.claim!.owner }],
  };
  await api.create(ROLES, role).catch(unlessStatus(409));
  await api.create(ROLE_BINDINGS, binding).catch(unlessStatus(409));
}

/** Removes the kubeconfig of a cluster, and the right to read it. */
export async function removeAccess(api: Api, cluster: string): Promise<void> {
  for (const resource of [ROLE_BINDINGS, ROLES, SECRETS]) await api.delete(resource, kubeconfigSecretOf(cluster));
}
