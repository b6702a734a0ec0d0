import { spawn } from "node:child_process";
import { CILIUM_ETCD, EVENTS_ETCD, KUBERNETES_ETCD } from "../../lib/etcd/instances.ts";
import { parseMachineReport } from "../../lib/health/machine-report.ts";
import type { Answer, MachineReport } from "../../lib/health/observations.ts";
import { nodeScript } from "../../lib/node/scripts.ts";
import { scriptFromInput, shellAssignments } from "../../lib/node/shell.ts";
import { FAN_OUT_INTERPRETER, fanOutCommand, fanOutInput } from "../../lib/ssh/fan-out.ts";
import type { FanOutOrder, OrderConnection, OrderHost } from "../../lib/ssh/fan-out-order.ts";
import type { StateResource } from "../state/stack-state.ts";
import { certificateOnMachine } from "./certificates.ts";
import { reachableMachines } from "./reachable-machines.ts";

/** Timeout of the script on a machine in seconds. */
const SCRIPT_SECONDS = 60;

/**
 * Asks control planes and machines of etcd over SSH, as the stack's own commands reach them, for what only they know. Nothing is changed.
 * @param resources resources of a state with plain secrets
 * @param ids ids of the machines that are asked
 */
export async function machineReports(resources: readonly StateResource[], ids: ReadonlySet<string>): Promise<MachineReport[]> {
  const reports = reachableMachines(resources).map(({ ssh, hosts }) =>
    ask(
      ssh,
      hosts.filter(({ id }) => ids.has(id)),
    ),
  );
  return (await Promise.all(reports)).flat();
}

async function ask(ssh: OrderConnection, hosts: OrderHost[]): Promise<MachineReport[]> {
  if (hosts.length === 0) return [];
  const instances = [KUBERNETES_ETCD, CILIUM_ETCD, EVENTS_ETCD].map(({ name, clientPort }) => `${name} ${clientPort}`);
  const order = {
    ssh,
    hosts,
    command: scriptFromInput(ssh.user, SCRIPT_SECONDS),
    script: nodeScript("machineReport"),
    input: shellAssignments({ INSTANCES: instances.join("\n") }),
    deadline: SCRIPT_SECONDS,
  };
  const answers = new Map((await run(order)).map((answer) => [answer.id, answer]));
  return hosts.map(({ id, name }) => ({ machine: name, report: reportOf(name, answers.get(id)) }));
}

interface Line {
  id: string;
  output?: string;
  failure?: string;
}

function reportOf(machine: string, line: Line | undefined): MachineReport["report"] {
  if (line?.output === undefined) return { unknown: line?.failure ?? "it was not asked: ssh could not be started here" };
  try {
    const { etcds, certificates, ...others } = parseMachineReport(line.output);
    return { value: { ...others, etcds, certificates: certificates.map((each) => certificateOnMachine(machine, each)) } };
  } catch {
    return { unknown: "its report cannot be read" } satisfies Answer<never>;
  }
}

/** Runs an order in a process of its own, which holds the private key no longer than that, and returns the lines that it prints. */
async function run(order: FanOutOrder): Promise<Line[]> {
  const [, ...options] = FAN_OUT_INTERPRETER;
  const { promise, resolve } = Promise.withResolvers<string>();
  const child = spawn(process.execPath, [...options, fanOutCommand("run")], { stdio: ["pipe", "pipe", "ignore"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  child.on("error", () => resolve(""));
  child.on("close", () => resolve(output));
  child.stdin.on("error", () => {}); // it may end before it has read its input
  child.stdin.end(fanOutInput(order, "ssh-ask.mjs"));
  return (await promise).split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Line] : []));
}
