import { BlockList, isIP } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the proxy of a request: the given one, or that of the environment. */
export function chosenProxy(url: URL, given: string | undefined): URL | undefined {
  return given === undefined ? proxyOf(url) : new URL(given);
}

/** Returns the host of a URL, an IPv6 address without its brackets. */
export function hostnameOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/**
 * Returns the proxy of a request by HTTPS_PROXY, HTTP_PROXY and NO_PROXY; `undefined` when it is sent directly. The rules are those of Go
 * (golang.org/x/net/http/httpproxy), by which Pulumi's plugins choose their proxy.
 */
export function proxyOf(url: URL, environment: Environment = process.env): URL | undefined {
  const names = url.protocol === "https:" ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"];
  const given = first(environment, names);
  if (!given || isDirect(url, first(environment, ["NO_PROXY", "no_proxy"]) ?? "")) return undefined;
  const proxy = parsed(given, names[0]!);
  if (proxy.protocol !== "http:" && proxy.protocol !== "https:")
    throw new Error(`${names[0]} names a proxy of the kind "${proxy.protocol.slice(0, -1)}"; only http and https are possible here`);
  return proxy;
}

function first(environment: Environment, names: readonly string[]): string | undefined {
  return names.map((name) => environment[name]).find(Boolean);
}

/** Parses a proxy's URL, or its host and port alone. The value is not quoted, because it may hold a password. */
function parsed(given: string, name: string): URL {
  const url = given.includes("://") ? given : `http://${given}`;
  if (!URL.canParse(url)) throw new Error(`${name} is not the URL of a proxy, like "http://proxy.example.com:3128"`);
  return new URL(url);
}

function isDirect(url: URL, noProxy: string): boolean {
  const host = hostnameOf(url).toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (host === "localhost" || isLoopback(host)) return true;
  const entries = noProxy.split(",").map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry !== "" && isExcepted(entry, host, port));
}

function isLoopback(host: string): boolean {
  return host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** Returns whether an entry of NO_PROXY excepts a host: "*", a network, an address or a domain, the latter two with or without a port. */
function isExcepted(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInside(entry, host);
  const [, name = "", entryPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  if (isIP(name) || isIP(host)) return name === host;
  // ".example.com" and "*.example.com" are the subdomains alone.
  if (/^\*?\./.test(name)) return host.endsWith(name.replace(/^\*/, ""));
  return host === name || host.endsWith(`.${name}`);
}

function isInside(cidr: string, host: string): boolean {
  const [address = "", prefix] = cidr.split("/");
  if (!isIP(address) || isIP(host) !== isIP(address)) return false;
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const network = new BlockList();
  network.addSubnet(address, Number(prefix), family);
  return network.check(host, family);
}
