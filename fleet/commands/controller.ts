import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Controller } from "../controllers/controller.ts";
import { timeOf } from "../rules/times.ts";
import { ChildProcesses } from "../runs/child-processes.ts";
import { apiOf } from "./api-of.ts";
import { API_OPTIONS, API_USAGE, type Command } from "./command.ts";

export const RUN_OPTIONS = { ...API_OPTIONS, dir: { type: "string" }, program: { type: "string" } } as const;

/** Returns the folder of runs that an option names. */
export function folderOf(given: string | undefined): string {
  const state = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return given === undefined ? join(state, "caravan-fleet") : resolve(given);
}

/** `caravan-fleet controller`: keeps the fleet as its objects say. */
export const controller: Command = {
  summary: "keeps the pools of a management cluster filled; runs until it is stopped",
  usage: `caravan-fleet controller [options]

  --dir FOLDER       folder for logs and workspaces of runs (~/.local/state/caravan-fleet)
  --program FILE     JavaScript or TypeScript file whose default export is the Pulumi program of a cluster (a KubernetesCluster)
${API_USAGE}

One runs in a namespace. Runs are processes of this machine, which go on when it ends; the next one adopts them.

exit code: 0 it was stopped, 2 it failed`,
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: RUN_OPTIONS });
    const api = apiOf(values);
    const dir = folderOf(values.dir);
    const log = (message: string) => console.log(`${timeOf(Date.now())} ${message}`);
    const command = runCommandOf({ ...values, namespace: api.namespace, dir });
    const fleet = new Controller({
      api,
      log,
      executor: (onEarlyEnd) => new ChildProcesses({ command, dir: join(dir, "logs"), onEarlyEnd }),
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => fleet.stop());
    await fleet.run();
    api.close();
    return 0;
  },
};

/** Makes the command of a run, to which its name is added. Nothing in it is secret. */
function runCommandOf({
  namespace,
  management,
  dir,
  program,
}: {
  namespace: string;
  management?: string;
  dir: string;
  program?: string;
}): string[] {
  const options = {
    namespace,
    dir,
    ...(management ? { management: resolve(management) } : {}),
    ...(program ? { program: resolve(program) } : {}),
  };
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return [process.execPath, ...process.execArgv, process.argv[1]!, "run", ...given];
}
