import type { Problems } from "../problems.ts";

/** Settings of Cilium that decide whether a policy can keep pods from the cloud's metadata service. */
export interface MetadataAccessFacts {
  /** Version of the chart, when it is given. */
  version?: string | undefined;
  /** Further values of the chart. */
  values?: Record<string, unknown> | undefined;
  /** Lets pods reach the metadata service. @default false */
  metadataAccess?: boolean | undefined;
}

/** Address of the metadata service in every OpenStack. */
const METADATA_SERVICE = "169.254.169.254/32";

/** First minor version of Cilium (1.x) in which a policy can deny one destination without denying all that it does not name. */
const FIRST_MINOR = 16;

/**
 * Cilium's policy that keeps pods from the metadata service and changes nothing else. Pods on the host's network are not Cilium's
 * endpoints, so it does not apply to them.
 */
export const METADATA_POLICY = {
  apiVersion: "cilium.io/v2",
  kind: "CiliumClusterwideNetworkPolicy",
  metadata: { name: "caravan-metadata" },
  spec: {
    description: "Pods do not reach the cloud's metadata service.",
    endpointSelector: {},
    enableDefaultDeny: { ingress: false, egress: false },
    egressDeny: [{ toCIDR: [METADATA_SERVICE] }],
  },
} as const;

/** Path of the policy in the Kubernetes API. */
export const METADATA_POLICY_PATH = `/apis/${METADATA_POLICY.apiVersion}/ciliumclusterwidenetworkpolicies/${METADATA_POLICY.metadata.name}`;

/** Checks for settings of Cilium with which that policy would do nothing, or would cut off every pod. */
export function checkMetadataAccess({ version, values = {}, metadataAccess = false }: MetadataAccessFacts, problems: Problems): void {
  if (metadataAccess) return;
  const [, minor] = /^v?1\.(\d+)\./.exec(version ?? "") ?? [];
  if (minor !== undefined && Number(minor) < FIRST_MINOR) {
    problems.add("version", `${version} cannot keep pods from the metadata service; use 1.${FIRST_MINOR} or newer, or metadataAccess true`);
  }
  const { enableNonDefaultDenyPolicies, policyEnforcementMode } = values;
  if (enableNonDefaultDenyPolicies === false) {
    const effect = "would have the policy that keeps pods from the metadata service deny everything else, too";
    problems.add("values.enableNonDefaultDenyPolicies", `false ${effect}; remove it, or use metadataAccess true`);
  }
  if (policyEnforcementMode === "never") {
    const effect = "leaves the way from pods to the metadata service open";
    problems.add("values.policyEnforcementMode", `"never" ${effect}; remove it, or say so with metadataAccess true`);
  }
}
