import { checkName } from "../names.ts";
import { checkAddress } from "../network/address.ts";
import type { Problems } from "../problems.ts";
import { checkBastionAccess, checkHostKey, checkNodePort, checkPrivateKey, checkUser } from "../ssh/rules.ts";
import { checkPoolSettings } from "./rules.ts";
import type { ImportedServer, ImportedSshSettings, PoolNodeSettings } from "./settings.ts";

/** Makes the id of an imported server from its name and address. At another address it is another server. */
export function importedId({ name, address }: ImportedServer): string {
  return `${name}@${address}`;
}

/** Names of the commands of a pool, beside which each server has one of its own name. */
const OWN_COMMANDS = ["contact", "nodes"];

/** Arguments of a pool of imported servers. */
export interface ImportedPoolArgs extends PoolNodeSettings {
  imported: readonly ImportedServer[];
  /** Name of the cluster. */
  clusterName: string;
}

/** Checks a pool of imported servers. */
export function checkImportedPool({ imported, clusterName, ...settings }: ImportedPoolArgs, problems: Problems): void {
  imported.forEach((server, place) => {
    const at = problems.at(`imported[${place}]`);
    checkNodeName(server.name, clusterName, at);
    checkAddress("address", server.address, "192.0.2.10", at);
    checkHostKey("hostKey", server.hostKey, at);
    for (const property of ["name", "address"] as const)
      if (imported.findIndex((other) => other[property] === server[property]) < place)
        at.add(property, `"${server[property]}" is named twice; import each server once`);
  });
  checkPoolSettings(settings, problems);
}

/** Checks that no server is imported by two pools. */
export function checkImportedOnce(pools: Readonly<Record<string, { imported: readonly ImportedServer[] }>>, problems: Problems): void {
  const earlier = { name: new Map<string, string>(), address: new Map<string, string>() };
  for (const [pool, { imported }] of Object.entries(pools)) {
    imported.forEach((server, place) => {
      for (const property of ["name", "address"] as const) {
        const other = earlier[property].get(server[property]);
        if (other !== undefined && other !== pool)
          problems.add(
            `pools.${pool}.imported[${place}].${property}`,
            `"${server[property]}" is imported by pools.${other}, too; import each server once`,
          );
        else earlier[property].set(server[property], pool);
      }
    });
  }
}

/** Checks the name of an imported server: that of its Node, and part of its command's. */
function checkNodeName(name: string, clusterName: string, problems: Problems): void {
  checkName("name", name, problems);
  if (OWN_COMMANDS.includes(name)) problems.add("name", `"${name}" is what a command of each pool is called; choose another name`);
  if (isMadeName(name, clusterName))
    problems.add("name", `"${name}" is how a machine of the cluster itself may be called; choose another name`);
}

/** Returns whether a cluster may give a name to a machine that it makes: a control plane, or a worker with a generated suffix. */
function isMadeName(name: string, clusterName: string): boolean {
  if (!name.startsWith(`${clusterName}-`)) return false;
  return /^(control-plane-\d+|.+-\d+-[0-9a-f]{7})$/.test(name.slice(clusterName.length + 1));
}

/** Checks SSH to imported servers. */
export function checkImportedSsh({ user, port, privateKey, bastion }: ImportedSshSettings, problems: Problems): void {
  checkUser("user", user, problems);
  checkNodePort("port", port, problems);
  checkPrivateKey("privateKey", privateKey, problems);
  if (bastion) checkBastionAccess(bastion, problems.at("bastion"));
}
