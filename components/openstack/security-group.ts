import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { SecurityRule } from "../../lib/network/security-rules.ts";
import { clusterTags } from "./machine.ts";
import { type MarkArgs, markedDescription } from "./mark.ts";

/** Security group with its rules. */
export interface SecurityGroup {
  id: pulumi.Output<string>;
  name: pulumi.Output<string>;
  /** Known once all rules exist. */
  made: pulumi.Output<unknown>;
}

/** Makes a security group of a cluster with rules for ingress. */
export function securityGroup(name: string, owner: MarkArgs, rules: SecurityRule[], parent: pulumi.Resource): SecurityGroup {
  const options = { parent, ignoreChanges: ["description"] };
  const group = new openstack.networking.SecGroup(
    name,
    { ...markedDescription(owner, name), tags: clusterTags(owner.clusterName) },
    options,
  );
  const made = rules.map(
    ({ name: rule, cidr, protocol, port }) =>
      new openstack.networking.SecGroupRule(
        `${name}-${rule}`,
        {
          ...markedDescription(owner, `${name}-${rule}`),
          securityGroupId: group.id,
          direction: "ingress",
          ethertype: "IPv4",
          ...(cidr === undefined ? { remoteGroupId: group.id } : { remoteIpPrefix: cidr }),
          ...(protocol && port ? { protocol, ...portRange(port) } : {}),
        },
        // Neutron deletes rules with their group. Deleting each by itself would take five seconds a rule.
        { ...options, deletedWith: group },
      ),
  );
  return { id: group.id, name: group.name, made: pulumi.all(made.map(({ id }) => id)) };
}

function portRange(port: number | readonly [first: number, last: number]) {
  const [portRangeMin, portRangeMax] = typeof port === "number" ? [port, port] : port;
  return { portRangeMin, portRangeMax };
}
