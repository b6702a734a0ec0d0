import type { ApiEndpointSettings } from "../api-endpoint/settings.ts";
import { ownBastion } from "./own-bastion.ts";
import type { SshSettings } from "./settings.ts";

/** Networks from which SSH is open, by machines. */
export interface SshCidrs {
  controlPlanes: string[];
  /** Networks of a bastion of the cluster's own. */
  bastion: string[];
}

/**
 * Decides the networks from which SSH is open: the given ones, or else those of the API. With a bastion of the cluster's own, SSH is open
 * to the bastion only.
 */
export function sshCidrs({
  apiEndpoint,
  ssh = {},
}: {
  apiEndpoint: Pick<ApiEndpointSettings, "allowedCidrs">;
  ssh?: SshSettings;
}): SshCidrs {
  const { allowedCidrs = apiEndpoint.allowedCidrs } = ssh;
  const bastion = ownBastion(ssh);
  if (!bastion) return { controlPlanes: allowedCidrs, bastion: [] };
  return { controlPlanes: [], bastion: bastion.allowedCidrs ?? allowedCidrs };
}
