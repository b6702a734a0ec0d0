import type { Api } from "../api/api.ts";
import { isConflict } from "../api/api-error.ts";
import { SECRETS } from "../api/resources.ts";
import type { Cluster } from "../crds/kinds/cluster.ts";
import { API_VERSION, type KubernetesObject } from "../crds/kinds/object.ts";
import { kubeconfigSecretOf } from "../rules/statuses.ts";

interface Secret extends KubernetesObject {
  data?: Record<string, string>;
}

/** Keeps the kubeconfig of a cluster in its Secret. */
export async function keepKubeconfig(api: Api, { metadata }: Cluster, kubeconfig: string): Promise<void> {
  const owner = { apiVersion: API_VERSION, kind: "Cluster", name: metadata.name, uid: metadata.uid };
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: kubeconfigSecretOf(metadata.name), ownerReferences: [owner] },
    data: { kubeconfig: Buffer.from(kubeconfig).toString("base64") },
  };
  await api.create(SECRETS, secret).catch((error) => {
    if (!isConflict(error)) throw error;
    return api.replace(SECRETS, secret);
  });
}

/** Reads the kubeconfig of a cluster; `undefined` when there is none. */
export async function keptKubeconfig(api: Api, cluster: string): Promise<string | undefined> {
  const text = (await api.find<Secret>(SECRETS, kubeconfigSecretOf(cluster)))?.data?.kubeconfig;
  return text === undefined ? undefined : Buffer.from(text, "base64").toString();
}

/** Reads the data of a Secret. */
export async function secretData(api: Api, name: string): Promise<Record<string, string>> {
  const secret = await api.find<Secret>(SECRETS, name);
  if (!secret) throw new Error(`there is no Secret "${name}" in this namespace; make it with the variables of the runs`);
  return secret.data ?? {};
}
