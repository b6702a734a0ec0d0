import { isIP } from "node:net";
import { checkName } from "../names.ts";
import type { Problems } from "../problems.ts";
import { checkPoolSettings } from "./rules.ts";
import type { ImportedServer, PoolNodeSettings } from "./settings.ts";

/** Makes the id of an imported server from its name and address. At another address it is another server. */
export function importedId({ name, address }: ImportedServer): string {
  return `${name}@${address}`;
}

/** Checks a pool of imported servers. */
export function checkImportedPool({ imported, ...settings }: PoolNodeSettings & { imported: ImportedServer[] }, problems: Problems): void {
  imported.forEach((server, place) => {
    const at = problems.at(`imported[${place}]`);
    checkName("name", server.name, at);
    if (isIP(server.address) !== 4) at.add("address", `"${server.address}" is no IPv4 address; write it like 192.0.2.10`);
    if (server.hostKey !== undefined && !/^(ssh|ecdsa)-\S+ [A-Za-z0-9+/=]+$/.test(server.hostKey))
      at.add("hostKey", 'is no SSH host key; write it as `ssh-keyscan` prints it without the name, like "ssh-ed25519 AAAA..."');
    for (const property of ["name", "address"] as const)
      if (imported.findIndex((other) => other[property] === server[property]) < place)
        at.add(property, `"${server[property]}" is named twice; import each server once`);
  });
  checkPoolSettings(settings, problems);
}
