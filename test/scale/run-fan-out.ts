import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installPackages } from "../../devcloud/support/apt.ts";
import { step } from "../../devcloud/support/progress.ts";
import { writeReport } from "../bench/report.ts";
import { provideAnsible } from "./fan-out/ansible.ts";
import { compare } from "./fan-out/comparison.ts";
import type { Contender, Run } from "./fan-out/contender.ts";
import { cpuTimeOf } from "./fan-out/cpu-time.ts";
import { libraryFanOut } from "./fan-out/library.ts";
import { MACHINES_CIDR, Machines } from "./fan-out/machines.ts";
import { enterNamespace } from "./namespace.ts";

/** How long the library's fan-out and Ansible take to run the same script on many machines over SSH. */
const { values } = parseArgs({
  options: {
    hosts: { type: "string", default: "50" },
    rounds: { type: "string", default: "3" },
    "batches-at-once": { type: "string", default: "8" },
  },
});
const count = Number(values.hosts);
const batchesAtOnce = Number(values["batches-at-once"]);

await installPackages(["openssh-client", "openssh-server"], "/dev/null");
const contenders = [libraryFanOut(batchesAtOnce), ...(await provideAnsible())];
await enterNamespace([MACHINES_CIDR]);

const dir = mkdtempSync(join(tmpdir(), "fan-out-"));
const machines = await Machines.start(count, dir);
try {
  const runs = await measure();
  const result = compare(runs);
  console.log(
    `\na script of 0.2 s on ${count} machines, medians of ${values.rounds} rounds (machines: sshd and the script, on the same cores)`,
  );
  console.table(result);
  writeReport(`fan-out-${count}`, { hosts: count, batchesAtOnce, result, runs: Object.fromEntries(runs) });
} finally {
  await machines.stop();
}

/** Each contender once a round, so that what else the machine does meets all of them. */
async function measure(): Promise<Map<string, Run[]>> {
  const runs = new Map<string, Run[]>(contenders.map(({ title }) => [title, []]));
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const contender of contenders) {
      const { title } = contender;
      runs.get(title)!.push(await step(`round ${round}, ${title}`, () => measureOne(contender)));
    }
  }
  return runs;
}

async function measureOne(contender: Contender): Promise<Run> {
  const marks = join(dir, "marks");
  mkdirSync(marks);
  const [logins, ownCpu, machinesCpu] = [machines.logins, ownCpuSeconds(), machines.cpuSeconds];
  const start = performance.now();
  await contender.run(machines, `set -eu\nsleep 0.2\necho "$NODE_NAME" >"${marks}/$NODE_NAME"\n`);
  const seconds = (performance.now() - start) / 1000;
  await contender.end?.();
  await machines.idle();
  requireMarks(marks);
  rmSync(marks, { recursive: true });
  return {
    seconds,
    ownCpu: ownCpuSeconds() - ownCpu,
    machinesCpu: machines.cpuSeconds - machinesCpu,
    logins: machines.logins - logins,
  };
}

/** CPU of what a contender started: by this process, and what went into the background, which the first of the namespace takes in. */
function ownCpuSeconds(): number {
  return cpuTimeOf("self").endedChildren + cpuTimeOf(1).endedChildren;
}

/** Whether the script has run on all machines, each under its own name. */
function requireMarks(marks: string): void {
  const missing = machines.hosts.filter(
    ({ name }) => !readdirSync(marks).includes(name) || readFileSync(join(marks, name), "utf8") !== `${name}\n`,
  );
  if (missing.length > 0) throw new Error(`the script has not run on ${missing.length} of ${count} machines, like ${missing[0]!.name}`);
}
