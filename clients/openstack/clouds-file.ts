import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";

/** Entry of a cloud in clouds.yaml, with only the fields that the library reads. Every value is text, as Pulumi's plugin reads it. */
export interface CloudEntry {
  auth?: Record<string, string | undefined>;
  auth_type?: string;
  region_name?: string;
  regions?: (string | { name: string; values?: CloudEntry })[];
  interface?: string;
  endpoint_type?: string;
  identity_api_version?: string;
  cacert?: string;
  cert?: string;
  key?: string;
  verify?: string;
  profile?: string;
  cloud?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Kinds of files: the key of their clouds. */
const KEYS = { clouds: "clouds", "clouds-public": "public-clouds", secure: "clouds" } as const;

type Kind = keyof typeof KEYS;

/**
 * Reads a cloud from clouds.yaml, clouds-public.yaml (`profile`) and secure.yaml by the rules of Pulumi's plugin (clientconfig of
 * gophercloud/utils), which differ from those of openstacksdk.
 * @param region region that was chosen elsewhere, whose values in `regions` are taken
 */
export function readCloud(name: string, region: string | undefined, environment: Environment): CloudEntry {
  const given = environment.OS_CLIENT_CONFIG_FILE;
  if (given && !existsSync(resolve(given))) throw new Error(`OS_CLIENT_CONFIG_FILE names ${given}, which does not exist`);
  const file = given ? resolve(given) : find("clouds");
  if (!file) throw new Error(`cloud "${name}" (OS_CLOUD) needs a clouds.yaml; put one in ${places("clouds").join(" or ")}`);
  const clouds = cloudsOf(file, "clouds");
  const own = clouds[name];
  if (!own) throw new Error(`${file} has no cloud "${name}" (OS_CLOUD); it has ${Object.keys(clouds).join(", ") || "none"}`);
  const cloud = merged(merged(profileOf(own), own), secretsOf(name));
  const values = (cloud.regions ?? []).find((each) => typeof each === "object" && each.name === region);
  return typeof values === "object" ? merged(cloud, values.values ?? {}) : cloud;
}

/** Returns the settings of the public cloud that an entry names. */
function profileOf({ profile, cloud }: CloudEntry): CloudEntry {
  const name = profile || cloud;
  if (!name) return {};
  const file = find("clouds-public");
  const found = file ? cloudsOf(file, "clouds-public")[name] : undefined;
  if (found) return found;
  const where = file ?? `no clouds-public.yaml in ${places("clouds-public").join(" or ")}`;
  throw new Error(
    `the profile "${name}" is not in ${where}; put it there, or write its settings into clouds.yaml: Pulumi's OpenStack plugin has no list of vendors`,
  );
}

function secretsOf(name: string): CloudEntry {
  const file = find("secure");
  return file ? (cloudsOf(file, "secure")[name] ?? {}) : {};
}

/** Merges two entries, key by key. Empty values do not override. */
function merged<T extends object>(base: T, override: T): T {
  const result = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(override)) {
    const below = result[key];
    if (isMap(value) && isMap(below)) result[key] = merged(below, value);
    else if (value !== null && value !== "") result[key] = value;
  }
  return result as T;
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function find(kind: Kind): string | undefined {
  return places(kind).find((path) => existsSync(path));
}

/** Lists the paths where a file is searched for: those with the ending .yml come last. */
export function places(kind: Kind): string[] {
  const folders = [process.cwd(), join(accountHome(), ".config", "openstack"), "/etc/openstack"];
  return ["yaml", "yml"].flatMap((ending) => folders.map((folder) => join(folder, `${kind}.${ending}`)));
}

/** Returns the home folder of the account, as the plugin does; $HOME may be another, as in containers of CI. */
function accountHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    // Containers run under ids that have no account.
    return homedir();
  }
}

function cloudsOf(file: string, kind: Kind): Record<string, CloudEntry> {
  try {
    // Numbers stay text: a project's id may have digits only.
    const content = parse(readFileSync(file, "utf8"), { schema: "failsafe", customTags: ["null", "merge"], merge: true });
    return content?.[KEYS[kind]] ?? {};
  } catch (error) {
    // The parser's message quotes the lines around the mistake, and those may hold a password.
    throw new Error(`${file} cannot be read as YAML: ${error instanceof Error ? error.message.split("\n")[0] : "unknown error"}`);
  }
}
