import { onDevcloud } from "../../../devcloud/environment.ts";
import { identityUrl } from "../../../devcloud/openstack/inside/session.ts";
import { readPasswords } from "../../../devcloud/openstack/passwords.ts";

interface Row {
  ID: string;
  Name?: string;
  Description?: string;
  "Floating IP Address"?: string;
}

/** Kinds of objects that a cluster has in OpenStack, with the options that list them. */
const KINDS = {
  server: [],
  port: [],
  "floating ip": ["--long"],
  "security group": [],
  router: [],
  network: ["--internal"],
  keypair: [],
} as const;

/**
 * Lists the names (or addresses) of all objects of a project in OpenStack by kind, without those that every project has. With a cluster's
 * name, it lists only that cluster's, so that others may run at the same time.
 */
export async function inventory(cluster?: string): Promise<Record<string, string[]>> {
  const networks = cluster === undefined ? [] : (await rows("network", ["--internal"])).filter((row) => belongs(row, cluster));
  const lists = Object.entries(KINDS).map(async ([kind, options]) => {
    const all = (await rows(kind, options)).filter(({ Name }) => !(kind === "security group" && Name === "default"));
    const own = cluster === undefined ? all : all.filter((row) => belongs(row, cluster));
    return [kind, own.map((row) => row.Name || row["Floating IP Address"] || row.ID).sort()] as const;
  });
  const unnamed = networks.map(({ ID }) => rows("port", ["--network", ID]));
  const ports = (await Promise.all(unnamed)).flat().map(({ ID }) => ID);
  const found = Object.fromEntries(await Promise.all(lists));
  return { ...found, port: [...found.port!, ...ports] };
}

/** Runs the openstack client and returns its JSON. */
export async function openstack<T>(args: readonly string[]): Promise<T> {
  return JSON.parse(await onDevcloud(["openstack", ...args, "--format", "json"], { deadline: 120 })) as T;
}

/** Runs the openstack client as devcloud's administrator. */
export async function asAdministrator(args: readonly string[]): Promise<void> {
  const { admin } = await readPasswords();
  const env = {
    OS_CLOUD: "",
    OS_AUTH_URL: identityUrl,
    OS_USERNAME: "admin",
    OS_PASSWORD: admin,
    OS_PROJECT_NAME: "admin",
    OS_USER_DOMAIN_ID: "default",
    OS_PROJECT_DOMAIN_ID: "default",
  };
  await onDevcloud(["openstack", ...args], { deadline: 60, env });
}

/** Returns whether a cluster's name is a prefix of an object's name, or in its description: a floating IP has no name. */
function belongs({ Name = "", Description = "" }: Row, cluster: string): boolean {
  return Name.startsWith(`${cluster}-`) || Description.startsWith(`caravan-cluster=${cluster} `);
}

function rows(kind: string, options: readonly string[]): Promise<Row[]> {
  return openstack<Row[]>([...kind.split(" "), "list", ...options]);
}
