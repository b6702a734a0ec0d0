import { checkId } from "../ids.ts";
import type { Problems } from "../problems.ts";
import { checkAddress } from "./address.ts";
import type { FloatingIpSettings } from "./settings.ts";

/** Checks the settings of a floating IP. */
export function checkFloatingIp({ floatingIpAddress, floatingIpSubnetIds = [] }: FloatingIpSettings, problems: Problems): void {
  if (typeof floatingIpAddress === "string") checkAddress("floatingIpAddress", floatingIpAddress, "203.0.113.10", problems);
  for (const [place, id] of floatingIpSubnetIds.entries()) checkId(`floatingIpSubnetIds[${place}]`, id, "subnet", problems);
  if (floatingIpAddress !== undefined && floatingIpSubnetIds.length > 0)
    problems.add("floatingIpSubnetIds", "is for a new floating IP, and floatingIpAddress names one that exists; leave one out");
}
