/** Program that runs inside the cloud's network and sets the cloud up through its APIs: `main.ts TASK ARGUMENTS`. */
import { type Part, parts } from "../component.ts";
import { components, optional } from "../components/index.ts";
import { readPasswords } from "../passwords.ts";
import { ensureCatalogue, retireEndpoints } from "./catalogue.ts";
import { ensureImage } from "./image.ts";
import { ensureProject, ensureProjectRoles } from "./project.ts";
import { ensurePublicObjects } from "./public-objects.ts";
import { waitUntilReady } from "./readiness.ts";
import { listServers } from "./servers.ts";
import { Session } from "./session.ts";

const passwords = await readPasswords();
const session = await Session.signIn("admin", passwords.admin, "admin");

const tasks: Record<string, (...args: string[]) => Promise<unknown>> = {
  catalogue: async (...running) => {
    const isRunning = (part: Part) => running.includes(part);
    const present = [...components, ...parts.filter(isRunning).map((part) => optional[part])];
    const absent = parts.filter((part) => !isRunning(part)).map((part) => optional[part]);
    await retireEndpoints(
      session,
      absent.flatMap(({ endpoint }) => endpoint?.name ?? []),
    );
    await ensureCatalogue(
      session,
      present.flatMap(({ endpoint }) => endpoint ?? []),
      passwords,
    );
  },
  roles: (...roles) => ensureProjectRoles(session, roles),
  ready: (start) => waitUntilReady(session, new Date(Number(start))),
  project: async () => {
    await Promise.all([ensureProject(session, passwords), ensurePublicObjects(session)]);
  },
  image: async (file, hash) => process.stdout.write(await ensureImage(session, file!, hash!)),
  servers: async () => console.log(JSON.stringify(await listServers(session))),
};

const [task = "", ...args] = process.argv.slice(2);
const work = tasks[task];
if (work === undefined) throw new Error(`unknown task "${task}"; known: ${Object.keys(tasks).join(", ")}`);
await work(...args);
