import { devcloudEnvironment } from "./environment.ts";
import { kubeconfigPath } from "./kubectl.ts";
import { type Part, parts } from "./openstack/component.ts";
import { down } from "./openstack/down.ts";
import { runInteractively } from "./openstack/interactive.ts";
import { showLogs } from "./openstack/logs.ts";
import { reset } from "./openstack/reset.ts";
import { showStatus } from "./openstack/status.ts";
import { up } from "./openstack/up.ts";

const usage = `usage: npm run devcloud -- COMMAND

  up [PART...]           start the cloud, or finish a start that was interrupted; with optional parts (${parts.join(", ")}),
                         which then run until down
  down                   stop the cloud with its machines; their disks and all settings stay for the next up
  reset                  remove the cloud with everything in it
  status                 services, machines and memory
  exec -- COMMAND        run a command in the cloud's network, signed in as the project's user
  shell                  the same with an interactive shell
  logs [SERVICE] [-f]    the end of the logs; -f follows them`;

const commands: Record<string, (args: string[]) => Promise<number | undefined>> = {
  up: (args) => up({ parts: args.map(requirePart) }).then(() => undefined),
  down: () => down().then(() => undefined),
  reset: () => reset().then(() => undefined),
  status: showStatus,
  exec: (args) => {
    const words = args[0] === "--" ? args.slice(1) : args;
    if (words.length === 0) throw new Error("exec needs a command, for example: npm run devcloud -- exec -- openstack server list");
    return runWithTools(words);
  },
  shell: () => runWithTools([process.env.SHELL ?? "bash"]),
  logs: (args) =>
    showLogs(
      args.find((arg) => !arg.startsWith("-")),
      args.includes("-f"),
    ),
};

function requirePart(name: string): Part {
  const part = parts.find((each) => each === name);
  if (part === undefined) throw new Error(`there is no optional part "${name}"; there are: ${parts.join(", ")}`);
  return part;
}

async function runWithTools(words: string[]): Promise<number> {
  return runInteractively(words, { KUBECONFIG: process.env.KUBECONFIG ?? kubeconfigPath("mini"), ...(await devcloudEnvironment()) });
}

const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];
try {
  if (command === undefined) throw new Error(`${name === "" ? "no command given" : `unknown command "${name}"`}\n${usage}`);
  process.exit(await command(args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
