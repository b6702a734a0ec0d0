import type { Problems } from "../problems.ts";

/** Labels of a node's zone and region (https://kubernetes.io/docs/reference/labels-annotations-taints/). */
const ZONE_LABEL = "topology.kubernetes.io/zone";
const REGION_LABEL = "topology.kubernetes.io/region";

/** Longest value of a label. */
const LONGEST_LABEL_VALUE = 63;

/** Returns the availability zone of a machine: each key gets the next one, so that a zone does not follow from who else is there. */
export function zoneOf<T>(zones: readonly T[] | undefined, key: number): T | undefined {
  return zones?.[key % zones.length];
}

/** Returns the zone of a text that may name a host, too: for administrators, Nova takes "nova:compute-7". */
export function zoneWithoutHost(zone: string): string {
  return zone.split(":")[0]!;
}

/** Place of a machine, as OpenStack reports it. Either part may be unknown. */
export interface Place {
  zone?: string | undefined;
  region?: string | undefined;
}

/**
 * Writes the labels of a node's place, "key=value" separated by spaces. Labels that the user sets win.
 * @param own labels that the user sets
 */
export function topologyLabels({ zone, region }: Place, own: Readonly<Record<string, string>> = {}): string {
  const labels = { [REGION_LABEL]: region, [ZONE_LABEL]: zone };
  return Object.entries(labels)
    .map(([key, name]) => [key, labelValue(name ?? "")] as const)
    .filter(([key, value]) => value !== "" && !(key in own))
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

/** Makes a label's value of a name, as OpenStack's cloud controller does (cloud-provider-openstack, pkg/util, SanitizeLabel). */
function labelValue(name: string): string {
  return name
    .replaceAll(/[^-A-Za-z0-9_.]+/g, "-")
    .slice(0, LONGEST_LABEL_VALUE)
    .replaceAll(/^[-_.]+|[-_.]+$/g, "");
}

/** Checks a list of availability zones. */
export function checkZones(property: string, zones: readonly unknown[] | undefined, problems: Problems): void {
  if (zones?.length === 0) problems.add(property, "is empty; name availability zones, or leave it out");
}
