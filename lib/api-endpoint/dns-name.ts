import { isId } from "../ids.ts";
import type { Problems } from "../problems.ts";
import type { DnsSettings } from "./settings.ts";

/** RFC 1123 labels, joined by dots. */
const NAME = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/;

/** Longest DNS name without its final dot (RFC 1035, 2.3.4: 255 octets, which include the length of each label). */
const LONGEST_NAME = 253;

/** Checks the zone and the name of a DNS record. */
export function checkDns({ zone, name }: DnsSettings, problems: Problems): void {
  const zoneName = zone.replace(/\.$/, "");
  if (!isId(zone) && !NAME.test(zoneName)) {
    problems.add("zone", `"${zone}" is neither a zone's name nor its id; write it like "k8s.example.com."`);
  }
  if (name === undefined) return;
  if (!NAME.test(name)) problems.add("name", `"${name}" is not a name in a zone; write it without the zone, like "api" or "api.demo"`);
  else if (!isId(zone) && name.length + 1 + zoneName.length > LONGEST_NAME) {
    problems.add("name", `"${name}.${zoneName}" is longer than the ${LONGEST_NAME} characters of a DNS name; shorten it`);
  }
}
