import type { CloudEntry } from "./clouds-file.ts";
import { type Environment, ofEnvironment, type PluginSetting, type PluginSettings } from "./plugin-settings.ts";

/** Credentials by their names in clouds.yaml: `username`, `password`, `project_name`, `application_credential_id` and so on. */
export type Credentials = Readonly<Record<string, string | undefined>>;

/** Names in clouds.yaml and in the plugin's settings. */
const NAMES: Readonly<Record<string, PluginSetting>> = {
  auth_url: "authUrl",
  token: "token",
  username: "userName",
  user_id: "userId",
  password: "password",
  project_id: "tenantId",
  project_name: "tenantName",
  domain_id: "domainId",
  domain_name: "domainName",
  default_domain: "defaultDomain",
  user_domain_id: "userDomainId",
  user_domain_name: "userDomainName",
  project_domain_id: "projectDomainId",
  project_domain_name: "projectDomainName",
  application_credential_id: "applicationCredentialId",
  application_credential_name: "applicationCredentialName",
  application_credential_secret: "applicationCredentialSecret",
  system_scope: "systemScope",
};

/** Returns the credentials of the plugin's settings. They have a default domain, and those of clouds.yaml have none. */
export function credentialsOfSettings(settings: PluginSettings): Credentials {
  const values = Object.entries(NAMES).map(([name, setting]) => [name, settings[setting]]);
  const { system_scope, ...given } = Object.fromEntries(values.filter(([, value]) => value !== undefined));
  return { default_domain: "default", ...given, ...(isTrue(system_scope) ? { system_scope } : {}) };
}

/** Returns the credentials of a cloud in clouds.yaml. What it leaves out is taken from the environment, as the plugin does. */
export function credentialsOfCloud({ auth = {}, auth_type = "" }: CloudEntry, environment: Environment): Credentials {
  const values = Object.entries(NAMES).map(([name, setting]) => [name, auth[name] || ofEnvironment(setting, environment)]);
  const all: Record<string, string> = Object.fromEntries(values.filter(([, value]) => value));
  if (!auth_type.includes("token")) return all;
  const { username, user_id, password, ...others } = all;
  return others;
}

/** Reads a boolean as Go's strconv.ParseBool does, and YAML's for booleans. */
export function isTrue(value: string | undefined): boolean {
  return /^(1|t|true|y|yes|on)$/i.test(value ?? "");
}
