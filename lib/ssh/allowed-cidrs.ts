import type { ApiEndpointSettings } from "../api-endpoint/settings.ts";
import type { SshSettings } from "./settings.ts";

/** Networks from which SSH is open, by the machines to which it is. */
export interface SshCidrs {
  controlPlanes: string[];
  /** Those of a bastion of the cluster's own. */
  bastion: string[];
}

/** Networks from which SSH is open: those that were named, otherwise those of the API. Behind a bastion of the cluster's own it is open to that alone. */
export function sshCidrs({
  apiEndpoint,
  ssh = {},
}: {
  apiEndpoint: Pick<ApiEndpointSettings, "allowedCidrs">;
  ssh?: SshSettings;
}): SshCidrs {
  const { bastion, allowedCidrs = apiEndpoint.allowedCidrs } = ssh;
  if (!bastion || !("machine" in bastion)) return { controlPlanes: allowedCidrs, bastion: [] };
  return { controlPlanes: [], bastion: bastion.allowedCidrs ?? allowedCidrs };
}
