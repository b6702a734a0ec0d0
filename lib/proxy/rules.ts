import { isIPv4, isIPv6 } from "node:net";
import { isCidr } from "../network/cidr.ts";
import type { Problems } from "../problems.ts";
import { withoutCredentials } from "../url.ts";
import type { ProxySettings } from "./settings.ts";

/**
 * URL of a proxy, in characters that need no quotes in the configuration of apt and systemd. Others in a user name or password are written as %XX.
 */
const PROXY_URL = /^https?:\/\/([\w.~!*+,=%-]+(:[\w.~!*+,=%-]*)?@)?([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?\/?$/i;

/** Host, or domain with all names below it. */
const DOMAIN = /^\.?[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*(:\d{1,5})?$/i;

/** Checks proxies, and what is reached without them. */
export function checkProxy({ http, https, no = [] }: ProxySettings, problems: Problems): void {
  checkProxyUrl("http", http, problems);
  checkProxyUrl("https", https, problems);
  no.forEach((entry, place) => {
    if (typeof entry === "string") checkExcepted(`no[${place}]`, entry, problems);
  });
}

function checkProxyUrl(property: string, url: unknown, problems: Problems): void {
  if (typeof url !== "string" || PROXY_URL.test(url)) return;
  const advice =
    "write it like http://proxy.example.com:3128 or http://user:password@proxy.example.com:3128, with %XX for special characters";
  problems.add(property, `"${withoutCredentials(url)}" is not the URL of a proxy; ${advice}`);
}

function checkExcepted(property: string, entry: string, problems: Problems): void {
  if (DOMAIN.test(entry) || isIPv4(entry) || isIPv6(entry) || isCidr(entry)) return;
  const [, domain] = /^\*(\.[^*]+)$/.exec(entry) ?? [];
  const advice = domain === undefined ? "write it like example.com, .example.com, 192.0.2.7 or 192.0.2.0/24" : `write "${domain}"`;
  problems.add(property, `"${withoutCredentials(entry)}" is not a host, a domain, an address or a network; ${advice}`);
}
