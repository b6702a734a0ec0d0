import type { Unwrap } from "@pulumi/pulumi";
import type { NodeFile } from "../node/files.ts";
import { hostOf } from "../url.ts";
import type { ProxySettings } from "./settings.ts";

/** Proxies, all of which are known. */
export type KnownProxy = Unwrap<ProxySettings>;

/** Hosts that every node reaches without a proxy: the machine itself, the metadata service, and names of Services. */
const ALWAYS_EXCEPTED = ["localhost", "127.0.0.1", "127.0.0.0/8", "169.254.169.254", ".svc", ".cluster.local"] as const;

/** Services of systemd that use the proxies. */
const SERVICES = ["containerd", "kubelet"] as const;

/** File with the variables, for systemd and for scripts. A unit's own Environment= could be read by every user of the machine. */
const VARIABLES = "/etc/caravan/proxy.env";

/**
 * Makes the files that give apt, containerd and the kubelet their proxies; none without a proxy. Only root can read them, because a URL may have a password.
 * @param packageRepository URL of the packages of Kubernetes, which apt takes from there directly when its host is excepted
 */
export function proxyFiles(proxy: KnownProxy | undefined, packageRepository: string): NodeFile[] {
  if (proxy?.http === undefined && proxy?.https === undefined) return [];
  const excepted = [...new Set([...ALWAYS_EXCEPTED, ...(proxy.no ?? [])])];
  const unit = `[Service]\nEnvironmentFile=${VARIABLES}\n`;
  return [
    { path: VARIABLES, mode: "0600", content: variables(proxy, excepted) },
    { path: "/etc/apt/apt.conf.d/90caravan-proxy", mode: "0600", content: aptSettings(proxy, excepted, packageRepository) },
    ...SERVICES.map((service) => ({ path: `/etc/systemd/system/${service}.service.d/caravan-proxy.conf`, mode: "0644", content: unit })),
  ];
}

/** Writes the variables in upper case for Go and in lower case for curl. */
function variables({ http, https }: KnownProxy, excepted: readonly string[]): string {
  const values = { http_proxy: http, https_proxy: https, no_proxy: excepted.join(",") };
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name.toUpperCase()}=${value}\n`, `${name}=${value}\n`]))
    .join("");
}

/** Writes apt's settings. apt knows exceptions by full name alone, and without a proxy of its own uses that of http for https. */
function aptSettings({ http, https }: KnownProxy, excepted: readonly string[], packageRepository: string): string {
  const repository = hostOf(packageRepository).replace(/:\d+$/, "");
  const direct = [...new Set([...excepted.filter(isHost), ...(isExcepted(repository, excepted) ? [repository] : [])])];
  return Object.entries({ http, https })
    .flatMap(([scheme, url = "DIRECT"]) => [
      `Acquire::${scheme}::Proxy "${url}";\n`,
      ...direct.map((host) => `Acquire::${scheme}::Proxy::${host} "DIRECT";\n`),
    ])
    .join("");
}

function isHost(entry: string): boolean {
  return !entry.startsWith(".") && !/[/:]/.test(entry);
}

/** Returns whether a host is an exception, or a name below a domain that is one. */
function isExcepted(host: string, excepted: readonly string[]): boolean {
  return excepted.some((entry) => host === entry || host.endsWith(entry.startsWith(".") ? entry : `.${entry}`));
}
