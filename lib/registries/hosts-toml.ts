import type { Unwrap } from "@pulumi/pulumi";
import type { NodeFile } from "../node/files.ts";
import { hostOf, pathOf } from "../url.ts";
import type { RegistrySettings } from "./settings.ts";

/** Settings of registries, all of which are known. */
export type KnownRegistries = Unwrap<RegistrySettings>;

/** Name by which containerd takes all registries that have no folder of their own (core/remotes/docker/config, hostPaths). */
export const ANY_REGISTRY = "_default";

/** Name of Docker Hub in images, and the host that serves them. */
const DOCKER_HUB = { name: "docker.io", host: "registry-1.docker.io" } as const;

/** Returns the host that serves a registry. */
export function servingHost(registry: string): string {
  return registry === DOCKER_HUB.name ? DOCKER_HUB.host : registry;
}

/** Makes containerd's hosts.toml for each registry with mirrors or a CA, and the files of the CAs. */
export function registryFiles({ mirrors = {}, hosts = {} }: KnownRegistries): NodeFile[] {
  const cas = new Map(Object.entries(hosts).flatMap(([host, { ca }]) => (ca === undefined ? [] : [[servingHost(host), ca] as const])));
  const withCa = Object.keys(hosts).filter((host) => cas.has(servingHost(host)));
  const named = withCa.map((host) => (host === DOCKER_HUB.host ? DOCKER_HUB.name : host));
  const mirrored = Object.keys(mirrors).filter((registry) => registry !== ANY_REGISTRY || mirrors[registry]!.length > 0);
  const registries = [...new Set([...mirrored, ...named])];
  return [
    ...registries.map((registry) => ({
      path: `${folderOf(registry)}/hosts.toml`,
      mode: "0644",
      content: hostsToml(registry, mirrorsOf(registry, mirrors), cas),
    })),
    ...[...cas].map(([host, ca]) => ({ path: caPath(host), mode: "0644", content: ca.endsWith("\n") ? ca : `${ca}\n` })),
  ];
}

/** Returns the mirrors of a registry. One with a folder of its own has the mirrors of all registries, too, unless it is the mirror. */
function mirrorsOf(registry: string, mirrors: Record<string, string[]>): string[] {
  return mirrors[registry] ?? (mirrors[ANY_REGISTRY] ?? []).filter((url) => hostOf(url) !== registry);
}

function hostsToml(registry: string, mirrors: readonly string[], cas: ReadonlyMap<string, string>): string {
  const server = registry === ANY_REGISTRY ? undefined : `https://${servingHost(registry)}`;
  // containerd 1 ignores a file that names no host.
  const hosts = mirrors.length === 0 && server !== undefined ? [server] : mirrors;
  const lines = [
    ...(server === undefined ? [] : [`server = "${server}"`, ...caLine(server, cas)]),
    ...hosts.flatMap((url) => [
      `[host."${url}"]`,
      '  capabilities = ["pull", "resolve"]',
      ...(isApiRoot(url) ? ["  override_path = true"] : []),
      ...caLine(url, cas).map((line) => `  ${line}`),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Returns whether the path of a URL has the registry API's /v2 in it. containerd would append another one. */
function isApiRoot(url: string): boolean {
  return pathOf(url).split("/").includes("v2");
}

function caLine(url: string, cas: ReadonlyMap<string, string>): string[] {
  const host = hostOf(url);
  return cas.has(host) ? [`ca = "${caPath(host)}"`] : [];
}

function folderOf(registry: string): string {
  return `/etc/containerd/certs.d/${registry}`;
}

function caPath(host: string): string {
  return `/etc/containerd/registry-cas/${host}.crt`;
}
