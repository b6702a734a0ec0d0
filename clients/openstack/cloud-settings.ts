import { readFileSync } from "node:fs";
import { type CloudEntry, readCloud } from "./clouds-file.ts";

/** Address and credentials of an OpenStack cloud. */
export interface CloudSettings {
  /** URL of Keystone, with the version: "https://cloud.example.com:5000/v3". */
  authUrl: string;
  /** Credentials by their names in clouds.yaml: `username`, `password`, `project_name`, `application_credential_id` and so on. */
  auth: Readonly<Record<string, string | undefined>>;
  /** Region. @default the cloud's only region */
  region?: string;
  /** Interface of the endpoints: public, internal or admin. */
  interface: string;
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer; rejectUnauthorized: boolean };
}

/** Cloud and region, in place of those of the environment. */
export interface CloudChoice {
  /** Name of a cloud in clouds.yaml. @default OS_CLOUD, or else the cloud that the OS_* variables describe */
  cloud?: string;
  /** Region. @default that of the cloud */
  region?: string;
}

/** Makes a CloudChoice of the values that are not empty. The environment decides the others. */
export function cloudChoice(cloud: string | undefined, region: string | undefined): CloudChoice {
  return { ...(cloud ? { cloud } : {}), ...(region ? { region } : {}) };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings from OS_CLOUD and clouds.yaml, or from the OS_* variables, as openstacksdk and Pulumi's provider do. */
export function cloudSettings(choice: CloudChoice = {}, environment: Environment = process.env): CloudSettings {
  const name = choice.cloud ?? environment.OS_CLOUD;
  const own = fromEnvironment(environment);
  const cloud = name ? readCloud(name, environment) : own;
  // A user may keep the password out of the file. Other credentials of the environment could belong to another cloud.
  const password = own.auth?.password;
  const { auth_url: authUrl, ...auth }: CloudSettings["auth"] = { ...(password ? { password } : {}), ...cloud.auth };
  if (!authUrl) throw new Error("no OpenStack is configured; set OS_CLOUD to a cloud of clouds.yaml, or OS_AUTH_URL and its companions");

  const all = { ...own, ...cloud };
  const region = choice.region ?? all.region_name;
  return {
    authUrl: versioned(authUrl),
    auth: withAliases(auth),
    ...(region ? { region } : {}),
    interface: (all.interface ?? "public").replace(/URL$/, ""),
    tls: { ...files(all), rejectUnauthorized: !["false", "False"].includes(String(all.verify ?? true)) },
  };
}

function fromEnvironment(environment: Environment): CloudEntry {
  const variables = Object.entries(environment).filter(([key, value]) => key.startsWith("OS_") && value);
  const values = Object.fromEntries(variables.map(([key, value]) => [key.slice("OS_".length).toLowerCase(), value]));
  const { region_name, interface: kind, endpoint_type, cacert, cert, key, insecure, auth_token, ...auth } = values;
  const defined = { region_name, interface: kind ?? endpoint_type, cacert, cert, key };
  const entry = Object.fromEntries(Object.entries(defined).filter(([, value]) => value !== undefined));
  const isInsecure = ["1", "true", "yes"].includes((insecure ?? "").toLowerCase());
  return { ...entry, ...(isInsecure ? { verify: false } : {}), auth: { ...(auth_token ? { token: auth_token } : {}), ...auth } };
}

/** Renames tenants to projects: they were once called so, and still are in many files. */
function withAliases({ tenant_id, tenant_name, ...auth }: CloudSettings["auth"]): CloudSettings["auth"] {
  return { ...(tenant_id ? { project_id: tenant_id } : {}), ...(tenant_name ? { project_name: tenant_name } : {}), ...auth };
}

function versioned(url: string): string {
  return `${url.replace(/\/+$/, "").replace(/\/v(2\.0|3)$/, "")}/v3`;
}

function files({ cacert, cert, key }: CloudEntry): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  const given = Object.entries({ ca: cacert, cert, key }).filter(([, path]) => path);
  return Object.fromEntries(given.map(([name, path]) => [name, readFileSync(path!)]));
}
