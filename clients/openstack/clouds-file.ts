import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";

/** Entry of a cloud in clouds.yaml, with only the fields that the library reads. */
export interface CloudEntry {
  auth?: Record<string, string | undefined>;
  auth_type?: string;
  region_name?: string;
  interface?: string;
  cacert?: string;
  cert?: string;
  key?: string;
  verify?: boolean | string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a cloud from clouds.yaml and secure.yaml. Both are searched for where openstacksdk searches. */
export function readCloud(name: string, environment: Environment): CloudEntry {
  const file = find("clouds", environment.OS_CLIENT_CONFIG_FILE);
  if (!file) throw new Error(`cloud "${name}" (OS_CLOUD) needs a clouds.yaml; put one in ${places("clouds").join(" or ")}`);
  const clouds = cloudsOf(file);
  const cloud = clouds[name];
  if (!cloud) throw new Error(`${file} has no cloud "${name}" (OS_CLOUD); it has ${Object.keys(clouds).join(", ") || "none"}`);
  const secure = environment.OS_CLIENT_SECURE_FILE ?? [join(dirname(file), "secure.yaml"), ...places("secure")].find(existsSync);
  const secret = secure && existsSync(secure) ? (cloudsOf(secure)[name] ?? {}) : {};
  return { ...cloud, ...secret, auth: { ...cloud.auth, ...secret.auth } };
}

function find(file: string, given: string | undefined): string | undefined {
  if (given && !existsSync(given)) throw new Error(`OS_CLIENT_CONFIG_FILE names ${given}, which does not exist`);
  return given ?? places(file).find(existsSync);
}

function places(file: string): string[] {
  const folders = [process.cwd(), join(homedir(), ".config", "openstack"), "/etc/openstack"];
  return folders.flatMap((folder) => [join(folder, `${file}.yaml`), join(folder, `${file}.yml`)]);
}

function cloudsOf(file: string): Record<string, CloudEntry> {
  try {
    return parse(readFileSync(file, "utf8"))?.clouds ?? {};
  } catch (error) {
    // The parser's message quotes the lines around the mistake, and those may hold a password.
    throw new Error(`${file} cannot be read as YAML: ${error instanceof Error ? error.message.split("\n")[0] : "unknown error"}`);
  }
}
