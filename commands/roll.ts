import { StackBusy } from "../operations/engine/stack-engine.ts";
import { LeaseHeld } from "../operations/replacement/healing-lease.ts";
import { stepLine } from "../operations/replacement/progress.ts";
import { READY_MINUTES } from "../operations/roll/ready-nodes.ts";
import { roll as rollPools } from "../operations/roll/roll.ts";
import { rollText } from "../operations/roll/text.ts";
import { BUSY, type Command } from "./command.ts";
import { CLUSTER_USAGE, parseClusterArgs } from "./stack-options.ts";

const OPTIONS = { plan: { type: "boolean" }, json: { type: "boolean" } } as const;

/** `caravan roll STACK`: replaces the machines of pools whose image has changed, in steps. */
export const roll: Command = {
  summary: "replaces the machines of pools whose image has changed, few in each run",
  usage: `caravan roll STACK [options]

  --plan            previews, tells which machines each run replaces, and does nothing
  --json            prints the result as JSON
${CLUSTER_USAGE}

It runs pulumi up until no machine is left, each time for at most upgrade.maxSurge machines of a pool, and does what else has changed in the
first run. Before each run, and in the end, all Nodes of these pools must be Ready, for which it waits up to ${READY_MINUTES} minutes. It stops at the first
failure. Killed at any moment, it goes on when it is called again, as soon as its lease ends: after ten minutes at the latest.

exit code: 0 done, or nothing to do, or with --plan told; 2 it failed; 3 another run or another healing is at work`,
  async run(args) {
    const { target, choice, options } = parseClusterArgs(args, OPTIONS);
    const say = (message: string) => console.error(message);
    try {
      const result = await rollPools(target, {
        ...choice,
        planOnly: options.plan ?? false,
        onMessage: say,
        onPlan: (rollouts) => (options.json ? say : console.log)(rollText(rollouts)),
        onStep: (step) => say(stepLine(step)),
      });
      if (options.json) console.log(JSON.stringify(result, undefined, 2));
      else if (result.runs > 0) console.log(`done in ${result.runs} ${result.runs === 1 ? "run" : "runs"}`);
      return 0;
    } catch (error) {
      if (!(error instanceof StackBusy || error instanceof LeaseHeld)) throw error;
      say(`caravan: roll: stopped: ${error.message}`);
      return BUSY;
    }
  },
};
