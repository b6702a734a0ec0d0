import { type KnownRegistries, servingHost } from "./hosts-toml.ts";

/**
 * Makes the TOML of containerd's credentials, in which PLUGIN stands for the plugin's name, which differs between versions. A hosts.toml can only
 * have headers, which containerd before 2.1 does not send to a registry's token server; these settings hold in all versions, also beside hosts.toml.
 */
export function registryCredentials({ hosts = {} }: KnownRegistries): string {
  return Object.entries(hosts)
    .flatMap(([host, { username, password }]) =>
      username === undefined || password === undefined
        ? []
        : [
            `[plugins."PLUGIN".registry.configs."${servingHost(host)}".auth]\n`,
            `  username = ${JSON.stringify(username)}\n`,
            `  password = ${JSON.stringify(password)}\n`,
          ],
    )
    .join("");
}
