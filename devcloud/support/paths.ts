import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Checkout that contains this file. */
export const repositoryDir = fileURLToPath(new URL("../..", import.meta.url));

/** Folder of builds and images, keyed by version. It can be deleted safely, since they can be made again. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "caravan");

/** Data of this machine's devcloud: databases, instances, credentials, Pulumi state. */
export const dataDir = "/var/lib/caravan-devcloud";

/** Sockets, process ids and other files that are lost when the machine restarts. */
export const runDir = "/run/caravan-devcloud";
