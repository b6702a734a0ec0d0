import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { dataDir } from "../../../devcloud/support/paths.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import { openstack } from "./openstack.ts";

/** Objects outside of the library: a network with a router, and a server on it with its own key and floating IP. */
export interface Outside {
  name: string;
  networkId: string;
  subnetId: string;
  /** Address of the server in the network, and its floating IP. */
  address: string;
  floatingIp: string;
  privateKey: string;
}

/** Machine of a server outside of the library. */
export interface OutsideMachine {
  /** @default devcloud's image of nodes */
  image?: string;
  /** @default none */
  userData?: string;
}

/** Makes a network, a router and a server by hand, as an administrator would before the cluster. */
export async function makeOutside(name: string, cidr: string, { image = "node", userData }: OutsideMachine = {}): Promise<Outside> {
  const { id: networkId } = await openstack<{ id: string }>(["network", "create", name]);
  const { id: subnetId } = await openstack<{ id: string }>(["subnet", "create", "--network", name, "--subnet-range", cidr, name]);
  await openstack(["router", "create", "--external-gateway", "public", name]);
  await command(["router", "add", "subnet", name, name]);
  await openstack(["security", "group", "create", name]);
  await openstack(["security", "group", "rule", "create", "--remote-ip", cidr, "--protocol", "any", name]);
  await openstack(["security", "group", "rule", "create", "--protocol", "tcp", "--dst-port", "22", name]);

  const { publicKey, privateKey } = createSshKey(name);
  const file = await dataFile(`${name}.pub`, publicKey);
  await openstack(["keypair", "create", "--public-key", file, name]);
  const options = ["--image", image, "--flavor", "node.medium", "--network", name, "--security-group", name, "--key-name", name, "--wait"];
  const data = userData === undefined ? [] : ["--user-data", await dataFile(`${name}.user-data`, userData)];
  const { addresses } = await openstack<{ addresses: Record<string, string[]> }>(["server", "create", ...options, ...data, name]);
  const floatingIp = (await openstack<{ floating_ip_address: string }>(["floating", "ip", "create", "--tag", name, "public"]))
    .floating_ip_address;
  await command(["server", "add", "floating", "ip", name, floatingIp]);
  return { name, networkId, subnetId, address: addresses[name]![0]!, floatingIp, privateKey };
}

/** Writes a file into devcloud's folder, and returns its path. */
async function dataFile(name: string, content: string): Promise<string> {
  const file = join(dataDir, name);
  await writeFile(file, content);
  return file;
}

/** Removes these objects. Missing ones are no error. */
export async function removeOutside(name: string): Promise<void> {
  const floatingIps = await command(["floating", "ip", "list", "--tags", name, "-f", "value", "-c", "ID"]);
  const all = [
    ["server", "delete", "--wait", name],
    ...floatingIps
      .split("\n")
      .filter(Boolean)
      .map((id) => ["floating", "ip", "delete", id]),
    ["keypair", "delete", name],
    ["security", "group", "delete", name],
    ["router", "remove", "subnet", name, name],
    ["router", "delete", name],
    ["network", "delete", name],
  ];
  for (const each of all) await command(each).catch(() => {});
}

/** Runs a command on the server. */
export async function onServer({ name, floatingIp, privateKey }: Outside, text: string): Promise<string> {
  const key = join(dataDir, `ssh-${name}`);
  await writeFile(key, privateKey, { mode: 0o600 });
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "IdentitiesOnly=yes"];
  return onDevcloud(["ssh", "-i", key, ...options.flatMap((option) => ["-o", option]), `root@${floatingIp}`, text], { deadline: 60 });
}

function command(args: readonly string[]): Promise<string> {
  return onDevcloud(["openstack", ...args], { deadline: 120 });
}
