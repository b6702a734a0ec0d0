import { join } from "node:path";
import { dataDir } from "../support/paths.ts";
import type { Passwords } from "./passwords.ts";

/** clouds.yaml, through which OpenStack clients find the cloud and sign in. */
export const cloudsFile = join(dataDir, "clouds.yaml");

/** Writes clouds.yaml. The cloud `devcloud` has the project's user, `devcloud-admin` the administrator. */
export function cloudsYaml(passwords: Passwords): string {
  const clouds = { devcloud: ["caravan", passwords.project], "devcloud-admin": ["admin", passwords.admin] } as const;
  const entries = Object.entries(clouds).map(
    ([cloud, [user, password]]) => `  ${cloud}:
    region_name: RegionOne
    identity_api_version: 3
    auth:
      auth_url: http://127.0.0.1:5000/v3
      username: ${user}
      password: ${password}
      project_name: ${user}
      user_domain_name: Default
      project_domain_name: Default
`,
  );
  return `clouds:\n${entries.join("")}`;
}
