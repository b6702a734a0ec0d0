import type { Problems } from "../problems.ts";
import type { NodeFile } from "./files.ts";

/** Where container images come from. */
export interface RegistryArgs {
  /** Mirrors of registries, tried in order before the registry itself: { "docker.io": ["https://mirror.example.com"] }. @default none */
  mirrors?: Record<string, string[]>;
  /** Registry that kubeadm takes the control plane's images from, for air-gapped sites. @default registry.k8s.io */
  imageRepository?: string;
}

/** containerd's hosts.toml for each registry that has mirrors. */
export function registryFiles({ mirrors = {} }: RegistryArgs): NodeFile[] {
  return Object.entries(mirrors).map(([registry, hosts]) => ({
    path: `/etc/containerd/certs.d/${registry}/hosts.toml`,
    mode: "0644",
    content: [`server = "https://${registry}"`, ...hosts.map((host) => `[host."${host}"]\n  capabilities = ["pull", "resolve"]`), ""].join(
      "\n",
    ),
  }));
}

/** Notes what is wrong with mirrors. */
export function checkRegistries({ mirrors = {} }: RegistryArgs, problems: Problems): void {
  for (const [registry, hosts] of Object.entries(mirrors)) {
    const at = problems.at(`mirrors["${registry}"]`);
    if (!/^[a-z0-9.-]+(:\d+)?$/i.test(registry)) at.add("", `"${registry}" is not a registry; write its host, like registry.k8s.io`);
    hosts.forEach((host, place) => {
      if (!/^https?:\/\/[^\s"/]+(\/[^\s"]*)?$/.test(host))
        at.add(`[${place}]`, `"${host}" is not a URL; write it like https://mirror.example.com`);
    });
  }
}
