import { isIPv4 } from "node:net";
import type { Problems } from "../problems.ts";
import { contains } from "./cidr.ts";

/** Networks whose addresses no machine can have, or none that another machine reaches (RFC 6890 and RFC 5771). */
const UNUSABLE = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"];

/** Labels of a host name in lower case (RFC 1123): kubeadm takes no others. The last one is no number, so that a mistyped address is no name. */
const HOST = /^(?=.{1,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*(?!\d+$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Checks that a text is an IPv4 address that other machines can reach. Returns whether it is. */
export function checkAddress(property: string, address: string, example: string, problems: Problems): boolean {
  if (!isIPv4(address)) problems.add(property, `"${address}" is not an IPv4 address; write it like ${example}`);
  else if (isUnusable(`${address}/32`)) problems.add(property, `${address} is no address of a machine; write it like ${example}`);
  else return true;
  return false;
}

/** Returns whether a well-formed network has only addresses that no machine can have. */
export function isUnusable(cidr: string): boolean {
  return UNUSABLE.some((network) => contains(network, cidr));
}

/** Returns whether a text is a host name in lower case. */
export function isHostName(text: string): boolean {
  return HOST.test(text);
}

/** Checks that a value which is known now is a host name or an IPv4 address, without scheme and port. */
export function checkHost(property: string, value: unknown, problems: Problems): void {
  if (typeof value !== "string" || HOST.test(value)) return;
  if (isIPv4(value)) {
    checkAddress(property, value, "192.0.2.7", problems);
    return;
  }
  const [, host = "", port] = /^(?:[a-z]+:\/\/)?([^:/]+)(:\d+)?\/?$/i.exec(value) ?? [];
  const advice = HOST.test(host) || isIPv4(host) ? `write "${host}"` : "write it like api.example.com or 192.0.2.7";
  const other = port === undefined ? "" : ", and the port in `port`";
  problems.add(property, `"${value}" is neither a host name in lower case nor an IPv4 address; ${advice}${other}`);
}

/** Checks that an address which nodes must reach is in none of the given networks, which are those of pods and Services. */
export function checkOutside(property: string, value: unknown, networks: Readonly<Record<string, string>>, problems: Problems): void {
  if (typeof value !== "string" || !isIPv4(value)) return;
  for (const [other, cidr] of Object.entries(networks)) {
    if (contains(cidr, `${value}/32`))
      problems.add(property, `${value} is in ${other} ${cidr}, so nodes would not reach it; use an address outside, or another ${other}`);
  }
}
