import { ADD_ON_RULES } from "./add-ons.ts";
import { API_ENDPOINT_RULES } from "./api-endpoint.ts";
import { CLUSTER_RULES } from "./cluster.ts";
import { CNI_RULES } from "./cni.ts";
import { CONTROL_PLANE_RULES } from "./control-plane.ts";
import { ETCD_RULES } from "./etcd.ts";
import { ETCD_BACKUP_RULES } from "./etcd-backup.ts";
import { MACHINE_RULES } from "./machine.ts";
import { NETWORK_RULES } from "./network.ts";
import { POOL_RULES } from "./pool.ts";
import { REGISTRY_RULES } from "./registries.ts";
import { ROTATION_RULES } from "./rotation.ts";
import type { Rule, TypeRules } from "./rule.ts";
import { SOFTWARE_RULES } from "./software.ts";
import { SSH_RULES } from "./ssh.ts";

/** Rules by type and property: the rules column of docs/configuration.md, and the cases of its test. */
export const RULES: Readonly<Record<string, TypeRules<unknown> & { rules: Readonly<Record<string, Rule>> }>> = {
  ...CLUSTER_RULES,
  ...ROTATION_RULES,
  ...NETWORK_RULES,
  ...API_ENDPOINT_RULES,
  ...CONTROL_PLANE_RULES,
  ...ETCD_RULES,
  ...ETCD_BACKUP_RULES,
  ...MACHINE_RULES,
  ...POOL_RULES,
  ...SSH_RULES,
  ...SOFTWARE_RULES,
  ...REGISTRY_RULES,
  ...CNI_RULES,
  ...ADD_ON_RULES,
};

/** Returns the text of a property's rules. */
export function ruleText(type: string, property: string): string {
  const { rule, lookedUp } = RULES[type]?.rules[property] ?? {};
  return [rule, lookedUp && `looked up in ${lookedUp}`].filter((part) => part !== undefined).join("; ");
}
