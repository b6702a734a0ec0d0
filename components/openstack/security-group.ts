import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { SecurityRule } from "../../lib/network/security-rules.ts";
import { clusterTags } from "./machine.ts";
import { type MarkArgs, markedDescription } from "./mark.ts";

/** A security group with its rules. */
export interface SecurityGroup {
  id: pulumi.Output<string>;
  name: pulumi.Output<string>;
  /** Known once all rules are there. */
  made: pulumi.Output<unknown>;
}

/** Makes a security group of a cluster with rules that let traffic in. */
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
          ...(protocol && port ? { protocol, portRangeMin: port, portRangeMax: port } : {}),
        },
        // Rules go with their group: deleting each by itself would wait five seconds for each.
        { ...options, deletedWith: group },
      ),
  );
  return { id: group.id, name: group.name, made: pulumi.all(made.map(({ id }) => id)) };
}
