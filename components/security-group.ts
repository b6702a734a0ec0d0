import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import type { SecurityRule } from "../lib/security-rules.ts";
import { clusterTags } from "./machine.ts";

/** Makes a security group of a cluster with rules that let traffic in. */
export function securityGroup(
  name: string,
  clusterName: string,
  rules: SecurityRule[],
  parent: pulumi.Resource,
): openstack.networking.SecGroup {
  const group = new openstack.networking.SecGroup(name, { tags: clusterTags(clusterName) }, { parent });
  for (const { name: rule, cidr, protocol, port } of rules) {
    new openstack.networking.SecGroupRule(
      `${name}-${rule}`,
      {
        securityGroupId: group.id,
        direction: "ingress",
        ethertype: "IPv4",
        remoteIpPrefix: cidr,
        ...(protocol && port ? { protocol, portRangeMin: port, portRangeMax: port } : {}),
      },
      // Rules go with their group: deleting each by itself would wait five seconds for each.
      { parent, deletedWith: group },
    );
  }
  return group;
}
