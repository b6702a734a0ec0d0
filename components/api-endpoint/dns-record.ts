import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { DnsSettings } from "../../lib/api-endpoint/settings.ts";
import { isId } from "../../lib/ids.ts";
import { CloudLookups } from "../openstack/cloud-lookups.ts";
import { markedDescription } from "../openstack/mark.ts";
import type { Endpoint } from "./arguments.ts";
import type { EndpointPlan } from "./plan.ts";

/** Seconds for which resolvers keep the record. The address never changes while the endpoint exists. */
const TIME_TO_LIVE = 300;

/** Returns the endpoint with a DNS name in a zone of Designate. Its address stays in the certificate. */
export function withDnsName(plan: EndpointPlan, endpoint: Endpoint, dns: DnsSettings): Endpoint {
  const { name, parent, clusterName } = plan;
  const zone = isId(dns.zone) ? openstack.dns.Zone.get(`${name}-zone`, dns.zone, {}, { parent }) : new CloudLookups(parent).zone(dns.zone);
  const record = new openstack.dns.RecordSet(
    name,
    {
      zoneId: zone.id,
      name: pulumi.interpolate`${dns.name ?? clusterName}.${zone.name}`,
      type: "A",
      ttl: TIME_TO_LIVE,
      records: [endpoint.host],
      ...markedDescription(plan, name),
    },
    { parent, ignoreChanges: ["description"] },
  );
  const host = record.name.apply((fullName) => fullName.replace(/\.$/, ""));
  return { ...endpoint, host, certificateNames: [...(endpoint.certificateNames ?? []), endpoint.host] };
}
