import type { AnyOf } from "../any-of.ts";
import type { NetworkSettings } from "../network/settings.ts";
import type { SshSettings } from "../ssh/settings.ts";
import type { ApiEndpointSettings } from "./settings.ts";

/** Settings that decide from where the API can be reached. */
interface AccessSettings {
  apiEndpoint: ApiEndpointSettings;
  network: NetworkSettings;
  ssh?: SshSettings;
}

/** Returns whether the API has an address of the nodes' network alone, and those machines are reached through a bastion. */
export function isBehindBastion({ apiEndpoint, network, ssh }: AccessSettings): boolean {
  const { type, floatingIp = true }: AnyOf<ApiEndpointSettings> = apiEndpoint;
  const isPrivate = (type === "vip" || type === "octavia") && !(floatingIp && network.externalNetwork !== undefined);
  return isPrivate && ssh?.bastion !== undefined;
}
