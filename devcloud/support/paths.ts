import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout that this file belongs to. */
export const repositoryDir = fileURLToPath(new URL("../..", import.meta.url));

/** Builds and images that can be made again, keyed by version; safe to delete. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "caravan");

/** What the devcloud of this machine remembers: databases, instances, credentials, Pulumi state. */
export const dataDir = "/var/lib/caravan-devcloud";

/** Sockets, process ids and other things that end with the machine's uptime. */
export const runDir = "/run/caravan-devcloud";
