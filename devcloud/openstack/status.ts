import { runTask } from "./inside/index.ts";
import type { Server } from "./inside/servers.ts";
import { type MemoryUse, readMemoryUse } from "./memory.ts";
import { holder, startTime } from "./namespace.ts";
import { type ServiceState, serviceStates } from "./supervisor.ts";

/** Prints the status of the cloud. Returns exit code 0 only if every service runs. */
export async function showStatus(): Promise<number> {
  const pid = holder();
  if (pid === undefined) {
    console.log("devcloud is not running; start it with: npm run devcloud -- up");
    return 1;
  }
  const states = await serviceStates();
  const [memory, servers] = await Promise.all([readMemoryUse(pid), readServers()]);
  console.log(`devcloud has run since ${(await startTime()).toLocaleString()}, below process ${pid}\n`);
  console.log(statusReport(states, servers, memory));
  return states.every(({ state }) => state === "RUNNING") ? 0 : 1;
}

/** Writes the text of `status`. `servers` is missing while the APIs do not answer. */
export function statusReport(states: readonly ServiceState[], servers: readonly Server[] | undefined, memory: MemoryUse): string {
  const machines = servers?.map(({ name, status, addresses }) => [name, status, addresses.join(" ")]);
  return [
    table(
      ["service", "state", "since"],
      states.map(({ name, state, detail }) => [name, state, detail]),
    ),
    machines === undefined ? "machines: the APIs do not answer" : table(["machine", "state", "addresses"], machines),
    `memory: services ${gibibytes(memory.services)}, machines ${gibibytes(memory.instances)}`,
  ].join("\n\n");
}

function readServers(): Promise<Server[] | undefined> {
  return runTask("servers").then(
    (output) => JSON.parse(output),
    () => undefined,
  );
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
