import { readFile } from "node:fs/promises";
import { proxyUrl } from "../openstack/components/proxy.ts";
import { fillRegistry, registryCa } from "../openstack/components/registry.ts";
import { up } from "../openstack/up.ts";
import { REGISTRY, USER } from "./access.ts";
import { wantedAddOns } from "./add-on-images.ts";

/** Returns the configuration of a stack whose machines take images of registry.k8s.io from the cloud's registry, through its proxy. Both must run. */
export async function registrySettings(): Promise<Record<string, unknown>> {
  const host = { ca: await readFile(registryCa, "utf8"), username: USER.name, password: USER.password };
  return {
    "caravan:proxy": { http: proxyUrl, https: proxyUrl },
    "caravan:registries": {
      mirrors: { "registry.k8s.io": [`https://${REGISTRY}/v2/registry.k8s.io`] },
      hosts: { [REGISTRY]: host },
    },
  };
}

/**
 * Gives the machines of a stack the way to the images of the add-ons in its configuration, which no machine has: builds them, and starts registry and proxy. Returns
 * the settings that the stack needs for that; none without add-ons.
 */
export async function addOnSettings(config: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const addOns = wantedAddOns(config);
  if (addOns.length === 0) return {};
  await up({ parts: ["registry", "proxy"] });
  await fillRegistry([], addOns);
  return registrySettings();
}
