import { randomUUID } from "node:crypto";
import { Store } from "../store.ts";
import { checkQuota, existing, type NeutronCollection, type NeutronObject, refuse } from "./collection.ts";
import type { Ports } from "./ports.ts";

type SecurityGroup = NeutronObject;

export interface SecurityGroupRule extends NeutronObject {
  security_group_id: string;
}

/** Security groups and their rules. */
export class SecurityGroups {
  readonly groups = new Store<SecurityGroup>();
  readonly rules = new Store<SecurityGroupRule>();
  readonly #ports: Ports;
  readonly #projectId: string;
  readonly #limit: number;

  /** @param limit the project's quota of rules */
  constructor(ports: Ports, projectId: string, limit: number) {
    this.#ports = ports;
    this.#projectId = projectId;
    this.#limit = limit;
    this.groups.add(this.#group({ name: "default" }));
  }

  get groupCollection(): NeutronCollection<SecurityGroup> {
    return {
      path: "security-groups",
      singular: "security_group",
      store: this.groups,
      make: (input) => this.#group(input),
      remove: ({ id }) => {
        if (this.#ports.store.all.some((port) => port.security_groups.includes(id)))
          throw refuse(409, "SecurityGroupInUse", `Security Group ${id} in use.`);
        for (const rule of this.#rulesOf(id)) this.rules.delete(rule.id);
      },
      more: ({ id }) => ({ security_group_rules: this.#rulesOf(id) }),
    };
  }

  get ruleCollection(): NeutronCollection<SecurityGroupRule> {
    return {
      path: "security-group-rules",
      singular: "security_group_rule",
      store: this.rules,
      make: (input) => {
        const group = existing(this.groupCollection, input.security_group_id ?? "");
        checkQuota("security_group_rule", this.#limit, this.rules.size);
        return this.#rule(group.id, input);
      },
    };
  }

  /** Finds a group by its name or id, both of which Nova uses. */
  find(nameOrId: string): SecurityGroup | undefined {
    return this.groups.get(nameOrId) ?? this.groups.all.find(({ name }) => name === nameOrId);
  }

  #group(input: Partial<SecurityGroup>): SecurityGroup {
    const id = randomUUID();
    // Neutron's rules of each new group: all outgoing traffic is allowed.
    for (const ethertype of ["IPv4", "IPv6"]) this.rules.add(this.#rule(id, { direction: "egress", ethertype } as object));
    return { id, name: "", description: "", tags: [], stateful: true, shared: false, ...this.#owner(), ...input } as SecurityGroup;
  }

  #rule(groupId: string, input: Partial<SecurityGroupRule>): SecurityGroupRule {
    return {
      id: randomUUID(),
      name: "",
      tags: [],
      description: "",
      protocol: null,
      port_range_min: null,
      port_range_max: null,
      remote_ip_prefix: null,
      remote_group_id: null,
      ...this.#owner(),
      ...input,
      security_group_id: groupId,
    } as SecurityGroupRule;
  }

  #rulesOf(groupId: string): SecurityGroupRule[] {
    return this.rules.all.filter((rule) => rule.security_group_id === groupId);
  }

  #owner() {
    return { project_id: this.#projectId, tenant_id: this.#projectId };
  }
}
