import { onDevcloud } from "../../../devcloud/environment.ts";

/** Kinds of objects that a cluster has in OpenStack, and how each is listed. */
const KINDS = {
  server: [],
  port: [],
  "floating ip": [],
  "security group": [],
  router: [],
  network: ["--internal"],
  keypair: [],
} as const;

/** The names (or addresses) of everything that a project has in OpenStack, by kind; what every project has is left out. */
export async function inventory(): Promise<Record<string, string[]>> {
  const lists = Object.entries(KINDS).map(async ([kind, options]) => [kind, await list(kind, options)] as const);
  return Object.fromEntries(await Promise.all(lists));
}

/** Runs the openstack client and gives its JSON. */
export async function openstack<T>(args: readonly string[]): Promise<T> {
  return JSON.parse(await onDevcloud(["openstack", ...args, "--format", "json"], { deadline: 60 })) as T;
}

async function list(kind: string, options: readonly string[]): Promise<string[]> {
  const rows = await openstack<Record<string, string>[]>([...kind.split(" "), "list", ...options]);
  const names = rows.map((row) => row.Name || row["Floating IP Address"] || row.ID || "");
  return names.filter((name) => !(kind === "security group" && name === "default")).sort();
}
