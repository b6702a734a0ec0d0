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

/** Registry and path of images, as kubeadm takes them: without scheme, tag and final slash (distribution/reference). */
const IMAGE_REPOSITORY = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*(:\d+)?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

/** Returns whether a text is the URL of a web server. */
export function isUrl(text: string): boolean {
  return /^https?:\/\/[^\s"'/?#]+(\/[^\s"'?#]*)?$/.test(text);
}

/** Checks the mirrors of registries and the repository of images. */
export function checkRegistries({ mirrors = {}, imageRepository }: RegistrySettings, problems: Problems): void {
  if (imageRepository !== undefined && !IMAGE_REPOSITORY.test(imageRepository))
    problems.add(
      "imageRepository",
      `"${imageRepository}" is not a registry with a path; write it without "https://" and final slash, like registry.example.com/kubernetes`,
    );
  for (const [registry, hosts] of Object.entries(mirrors)) {
    const at = problems.at(`mirrors["${registry}"]`);
    if (!/^[a-z0-9.-]+(:\d+)?$/i.test(registry)) at.add("", `"${registry}" is not a registry; write its host, like registry.k8s.io`);
    hosts.forEach((host, place) => {
      if (!isUrl(host)) at.add(`[${place}]`, `"${host}" is not a URL; write it like https://mirror.example.com`);
    });
  }
}
