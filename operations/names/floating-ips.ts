import type { Problems } from "../../lib/problems.ts";
import { resourcesOf, type StackState } from "../state/stack-state.ts";
import { TYPES } from "../state/types.ts";
import type { Listed } from "./kinds.ts";
import type { Named } from "./named.ts";

/** Floating IP in Neutron's listing. */
export interface FloatingIp extends Listed {
  /** Port that it leads to. */
  port_id?: string | null;
}

/** Returns the floating IPs that a stack has associated itself. */
export function associatedIn(state: StackState): ReadonlySet<string> {
  const associations = resourcesOf(state).filter(({ type }) => type === TYPES.floatingIpAssociation);
  return new Set(associations.map(({ inputs = {} }) => String(inputs.floatingIp)));
}

/** Checks that given floating IPs are in use by nothing else: to associate one takes it away from there. */
export function checkFloatingIps(
  named: readonly Named[],
  listed: readonly FloatingIp[],
  own: ReadonlySet<string>,
  problems: Problems,
): void {
  for (const { property, kind, value } of named) {
    const port = listed.find(({ floating_ip_address }) => floating_ip_address === value)?.port_id;
    if (kind !== "floatingIp" || !port || own.has(value)) continue;
    const advice = `give one that nothing uses, or free it with \`openstack floating ip unset --port ${value}\``;
    problems.add(property, `${value} is in use by the port ${port}; ${advice}`);
  }
}
