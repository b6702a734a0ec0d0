const selector = /^spec\.selector/;
const binding = /^roleRef/;
const job = /^spec\.(completions|parallelism|selector|template)/;
const statefulSet = /^spec\.(podManagementPolicy|revisionHistoryLimit|selector|serviceName|volumeClaimTemplates)/;
const claim = /^spec\.(accessModes|selector|storageClassName|volumeName)/;
const configMap = /^(data|binaryData)/;
const secret = /^(type|data|stringData)/;

// Fields that the API server refuses to change in place.
const immutable: Record<string, RegExp> = {
  "apps/v1/DaemonSet": selector,
  "apps/v1/Deployment": selector,
  "apps/v1/StatefulSet": statefulSet,
  "batch/v1/Job": job,
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": binding,
  "rbac.authorization.k8s.io/v1/RoleBinding": binding,
  "storage.k8s.io/v1/StorageClass": /^(parameters|provisioner)/,
  "v1/PersistentVolume":
    /^spec\.(?!accessModes|capacity|claimRef|mountOptions|nodeAffinity|persistentVolumeReclaimPolicy|storageClassName|volume)/,
  "v1/PersistentVolumeClaim": claim,
  "v1/Pod": /^spec\.(?!activeDeadlineSeconds|tolerations)/,
  "v1/ResourceQuota": /^spec\.scopes/,
  "v1/Secret": /^type/,
  "v1/Service": /^spec\.clusterIP$/,
};

export interface ReplacementOptions {
  configMapsMutable: boolean;
  secretsMutable: boolean;
}

/**
 * Returns the rule for changes that need a new object. ConfigMaps and Secrets are replaced by default, so that the pods that use them roll
 * over.
 */
export function replacementRule(
  object: { apiVersion?: unknown; kind?: unknown; immutable?: unknown },
  { configMapsMutable, secretsMutable }: ReplacementOptions,
): (path: string) => boolean {
  const type = `${object.apiVersion}/${object.kind}`;
  let rule = immutable[type];
  if (type === "v1/ConfigMap" && (!configMapsMutable || object.immutable === true)) rule = configMap;
  if (type === "v1/Secret" && (!secretsMutable || object.immutable === true)) rule = secret;
  return (path) => path === "metadata.name" || path === "metadata.namespace" || (rule?.test(path) ?? false);
}
