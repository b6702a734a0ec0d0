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

/** Settings of Pulumi's OpenStack plugin (`openstack:` in a stack's configuration), and the variables in place of those that are not set. */
const VARIABLES = {
  authUrl: ["OS_AUTH_URL"],
  cloud: ["OS_CLOUD"],
  region: ["OS_REGION_NAME"],
  userName: ["OS_USERNAME"],
  userId: ["OS_USER_ID"],
  password: ["OS_PASSWORD"],
  token: ["OS_TOKEN", "OS_AUTH_TOKEN"],
  tenantId: ["OS_TENANT_ID", "OS_PROJECT_ID"],
  tenantName: ["OS_TENANT_NAME", "OS_PROJECT_NAME"],
  userDomainId: ["OS_USER_DOMAIN_ID"],
  userDomainName: ["OS_USER_DOMAIN_NAME"],
  projectDomainId: ["OS_PROJECT_DOMAIN_ID"],
  projectDomainName: ["OS_PROJECT_DOMAIN_NAME"],
  domainId: ["OS_DOMAIN_ID"],
  domainName: ["OS_DOMAIN_NAME"],
  defaultDomain: ["OS_DEFAULT_DOMAIN"],
  applicationCredentialId: ["OS_APPLICATION_CREDENTIAL_ID"],
  applicationCredentialName: ["OS_APPLICATION_CREDENTIAL_NAME"],
  applicationCredentialSecret: ["OS_APPLICATION_CREDENTIAL_SECRET"],
  systemScope: ["OS_SYSTEM_SCOPE"],
  insecure: ["OS_INSECURE"],
  cacertFile: ["OS_CACERT"],
  cert: ["OS_CERT"],
  key: ["OS_KEY"],
  endpointType: ["OS_ENDPOINT_TYPE"],
} as const;

export type PluginSetting = keyof typeof VARIABLES;

/** Settings of Pulumi's OpenStack plugin, as text. */
export type PluginSettings = { [key in PluginSetting]?: string } & { endpointOverrides?: Readonly<Record<string, string>> };

export type Environment = Readonly<Record<string, string | undefined>>;

export const PLUGIN_SETTINGS = Object.keys(VARIABLES) as PluginSetting[];

/** Returns the values of the environment for the settings that are not given. */
export function withEnvironment(given: PluginSettings, environment: Environment): PluginSettings {
  const values = PLUGIN_SETTINGS.map((name) => [name, given[name] || ofEnvironment(name, environment)]);
  return { ...given, ...Object.fromEntries(values.filter(([, value]) => value)) };
}

/** Returns the value of the environment for a setting. */
export function ofEnvironment(name: PluginSetting, environment: Environment): string | undefined {
  return VARIABLES[name].map((variable) => environment[variable]).find(Boolean);
}
