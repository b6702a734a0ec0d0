import type { Kubectl } from "../../../devcloud/kubectl.ts";

/** Largest number of objects in one request of kubectl. */
const AT_ONCE = 500;

/** Creates ConfigMaps with these numbers, by which a scenario sees what etcd has kept. */
export async function createObjects(kubectl: Kubectl, from: number, to: number): Promise<void> {
  const all = objectNames(from, to).map((name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels: { part: "data" } } }));
  for (let start = 0; start < all.length; start += AT_ONCE) {
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: all.slice(start, start + AT_ONCE) });
    await kubectl(["create", "--filename", "-"], { input, deadline: 300 });
  }
}

/** Names of the ConfigMaps with these numbers, in order. */
export function objectNames(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `object-${String(from + index).padStart(4, "0")}`);
}

/** Returns the names of all such ConfigMaps, in order. */
export async function storedObjects(kubectl: Kubectl): Promise<string[]> {
  const list = await kubectl(["get", "configmaps", "--selector", "part=data", "--output", "jsonpath={.items[*].metadata.name}"]);
  return list.split(" ").sort();
}

/** Returns the revision of the API's objects. */
export async function resourceVersion(kubectl: Kubectl): Promise<number> {
  const list = JSON.parse(await kubectl(["get", "--raw", "/api/v1/namespaces/default/configmaps?limit=1"]));
  return Number(list.metadata.resourceVersion);
}
