import { mkdtempSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installPackages } from "../../devcloud/support/apt.ts";
import { step } from "../../devcloud/support/progress.ts";
import { provideAnsible } from "./fan-out/ansible.ts";
import { compare } from "./fan-out/comparison.ts";
import type { Run } from "./fan-out/contender.ts";
import { libraryFanOut } from "./fan-out/library.ts";
import { MACHINES_CIDR, Machines } from "./fan-out/machines.ts";
import { measureRun } from "./fan-out/measure.ts";
import { enterNamespace } from "./namespace.ts";
import { writeReport } from "./report.ts";

/** Times of the library's fan-out and of Ansible for the same script on many machines over SSH. */
const { values } = parseArgs({
  options: {
    hosts: { type: "string", default: "50" },
    rounds: { type: "string", default: "2" },
    // Batches at once: Pulumi's default number of concurrent operations.
    parallel: { type: "string", default: String(4 * availableParallelism()) },
    // Durations of the script, which needs almost no CPU. Each of the list has its own comparison.
    seconds: { type: "string", default: "0.2" },
    ansible: { type: "string", default: "script,raw" },
  },
});
const hosts = Number(values.hosts);
const rounds = Number(values.rounds);
const parallel = Number(values.parallel);

await installPackages(["openssh-client", "openssh-server"], "/dev/null");
const contenders = [libraryFanOut(parallel), ...(await provideAnsible(values.ansible.split(",")))];
await enterNamespace([MACHINES_CIDR]);

const dir = mkdtempSync(join(tmpdir(), "fan-out-"));
const machines = await Machines.start(hosts, dir);
try {
  const results = [];
  for (const duration of values.seconds.split(",").map(Number)) {
    const runs = await runsOf(duration);
    const medians = compare(runs);
    console.log(`\na script of ${duration} s on ${hosts} machines, ${parallel} batches at once; medians of ${rounds} rounds`);
    console.table(medians);
    results.push({ duration, medians, runs: Object.fromEntries(runs) });
  }
  console.log("machinesCpu is the CPU time of sshd and the script, on the same cores; neither contender controls it");
  writeReport(`fan-out-${hosts}`, { hosts, parallel, results });
} finally {
  await machines.stop();
}

/** Runs each contender once a round, so that other load on this machine affects all of them. */
async function runsOf(duration: number): Promise<Map<string, Run[]>> {
  const runs = new Map<string, Run[]>(contenders.map(({ title }) => [title, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const contender of contenders) {
      const title = `round ${round}, script of ${duration} s, ${contender.title}`;
      runs.get(contender.title)!.push(await step(title, () => measureRun(contender, machines, duration, dir)));
    }
  }
  return runs;
}
