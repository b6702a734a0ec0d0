import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { type CloudEntry, readCloud } from "./clouds-file.ts";
import { type Credentials, credentialsOfCloud, credentialsOfSettings, isTrue } from "./credentials.ts";
import { type Environment, type PluginSettings, withEnvironment } from "./plugin-settings.ts";
import type { TlsSettings } from "./transport.ts";

/** Address and credentials of an OpenStack cloud. */
export interface CloudSettings {
  /** URL of Keystone, with the version: "https://cloud.example.com:5000/v3". */
  authUrl: string;
  auth: Credentials;
  /** Region. @default the cloud's only region */
  region?: string;
  /** Interface of the endpoints: public, internal or admin. */
  interface: string;
  tls: TlsSettings;
  /** URLs in place of those of the catalogue, by the plugin's names of the services. */
  endpointOverrides: Readonly<Record<string, string>>;
  /** Remarks for users about settings that have no effect. */
  remarks: readonly string[];
}

/**
 * Reads the settings of a cloud from those of Pulumi's plugin, from OS_CLOUD and clouds.yaml, or from the OS_* variables. Each value is the
 * one that the plugin takes (auth/config.go of terraform-provider-openstack, clientconfig of gophercloud/utils): a cloud of clouds.yaml goes
 * before other credentials; the environment goes before clouds.yaml for region and certificates, and fills in what it leaves out.
 */
export function cloudSettings(choice: PluginSettings = {}, environment: Environment = process.env): CloudSettings {
  const given = withEnvironment(choice, environment);
  const cloud: CloudEntry = given.cloud ? readCloud(given.cloud, given.region, environment) : {};
  const credentials = given.cloud ? credentialsOfCloud(cloud, environment) : credentialsOfSettings(given);
  const { auth_url: authUrl, ...auth } = credentials;
  if (!authUrl) throw new Error("no OpenStack is configured; set OS_CLOUD to a cloud of clouds.yaml, or OS_AUTH_URL and its companions");
  refuseOldIdentity(authUrl, cloud, environment);

  const region = given.region || cloud.region_name;
  const wanted = interfaceOf(given.endpointType);
  return {
    authUrl: versioned(authUrl),
    auth,
    ...(region ? { region } : {}),
    interface: wanted,
    tls: tlsOf(given, cloud),
    endpointOverrides: given.endpointOverrides ?? {},
    remarks: remarksOn(cloud, environment, wanted),
  };
}

function refuseOldIdentity(authUrl: string, { identity_api_version, auth_type }: CloudEntry, environment: Environment): void {
  const version = environment.OS_IDENTITY_API_VERSION || identity_api_version || "";
  if (/\/v2\.0/.test(authUrl) || /^2(\.0)?$/.test(version) || auth_type?.startsWith("v2"))
    throw new Error(
      `OpenStack at ${authUrl} is configured for version 2.0 of the identity API, which no cloud has any more; use version 3`,
    );
}

function versioned(url: string): string {
  return `${url.replace(/\/+$/, "").replace(/\/v3$/, "")}/v3`;
}

/** Returns the interface of the endpoints. The plugin reads it from its own setting alone. */
function interfaceOf(endpointType = "public"): string {
  const [, found] = /^(public|internal|admin)(URL)?$/.exec(endpointType) ?? [];
  if (!found) throw new Error(`the endpoint type "${endpointType}" does not exist; use public, internal or admin`);
  return found;
}

function remarksOn(cloud: CloudEntry, environment: Environment, used: string): string[] {
  const named = cloud.endpoint_type || cloud.interface || environment.OS_INTERFACE || used;
  if (named.replace(/URL$/, "") === used) return [];
  return [
    `the ${used} endpoints of OpenStack are used, because Pulumi's OpenStack plugin does not read the interface "${named}" from clouds.yaml or OS_INTERFACE; to use those, set OS_ENDPOINT_TYPE=${named}`,
  ];
}

function tlsOf(given: PluginSettings, cloud: CloudEntry): TlsSettings {
  const [ca, cert, key] = [given.cacertFile || cloud.cacert, given.cert || cloud.cert, given.key || cloud.key];
  const isInsecure = given.insecure === undefined ? cloud.verify !== undefined && !isTrue(cloud.verify) : isTrue(given.insecure);
  return {
    ...(ca ? { ca: pem(ca, "cacert") } : {}),
    // One without the other is left out by the plugin.
    ...(cert && key ? { cert: pem(cert, "cert"), key: pem(key, "key") } : {}),
    rejectUnauthorized: !isInsecure,
  };
}

/** Reads a certificate or key by its path, or takes the text of one. */
function pem(pathOrText: string, name: string): Buffer {
  const path = resolve(pathOrText.replace(/^~(?=\/|$)/, homedir()));
  if (existsSync(path)) return readFileSync(path);
  if (pathOrText.includes("-----BEGIN")) return Buffer.from(pathOrText);
  throw new Error(`${name} of the OpenStack cloud names ${pathOrText}, which does not exist`);
}
