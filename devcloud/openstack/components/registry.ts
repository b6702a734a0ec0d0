import { rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { makeRegistryAccess } from "../../registry/access.ts";
import type { AddOn } from "../../registry/add-on-images.ts";
import { registryImages } from "../../registry/images.ts";
import { dataDir } from "../../support/paths.ts";
import type { OtherVersion } from "../../toolchain/kubernetes-versions.ts";
import type { OptionalComponent } from "../component.ts";
import { configurationPath } from "../configuration.ts";

const folder = join(dataDir, "registry");

/** Certificate of the registry's CA. */
export const registryCa = join(folder, "ca.crt");

/** Registry of container images with a CA of its own and a password. It has all that a cluster needs. */
export const registry: OptionalComponent = {
  packages: ["docker-registry", "openssl"],
  folders: { registry: "root" },
  configuration: [{ name: "registry.yml" }],
  prepare: async () => {
    await makeRegistryAccess(folder);
    await fillRegistry();
  },
  services: [{ name: "registry", stage: "registry", port: 5443, command: ["docker-registry", "serve", configurationPath("registry.yml")] }],
};

/** Gives the registry its images, and those of other versions of Kubernetes and of add-ons. It reads its folder at each request, so it may be running. */
export async function fillRegistry(versions: readonly OtherVersion[] = [], addOns: readonly AddOn[] = []): Promise<void> {
  const store = join(folder, "store");
  const unfinished = `${store}.new`;
  await rm(unfinished, { force: true });
  await symlink(await registryImages(versions, addOns), unfinished);
  await rename(unfinished, store);
}
