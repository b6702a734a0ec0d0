import type { Problems } from "../problems.ts";
import type { NodeFile } from "./files.ts";
import type { RegistrySettings } from "./settings.ts";

/** Makes containerd's hosts.toml for each registry with mirrors. */
export function registryFiles({ mirrors = {} }: RegistrySettings): NodeFile[] {
  return Object.entries(mirrors).map(([registry, hosts]) => ({
    path: `/etc/containerd/certs.d/${registry}/hosts.toml`,
    mode: "0644",
    content: [`server = "https://${registry}"`, ...hosts.map((host) => `[host."${host}"]\n  capabilities = ["pull", "resolve"]`), ""].join(
      "\n",
    ),
  }));
}

/** Checks the mirrors of registries. */
export function checkRegistries({ mirrors = {} }: RegistrySettings, problems: Problems): void {
  for (const [registry, hosts] of Object.entries(mirrors)) {
    const at = problems.at(`mirrors["${registry}"]`);
    if (!/^[a-z0-9.-]+(:\d+)?$/i.test(registry)) at.add("", `"${registry}" is not a registry; write its host, like registry.k8s.io`);
    hosts.forEach((host, place) => {
      if (!/^https?:\/\/[^\s"/]+(\/[^\s"]*)?$/.test(host))
        at.add(`[${place}]`, `"${host}" is not a URL; write it like https://mirror.example.com`);
    });
  }
}
