import { StackBusy } from "../operations/engine/stack-engine.ts";
import { type ReplaceNodePlan, replaceNode as replaceOf } from "../operations/replace-node/replace-node.ts";
import { LeaseHeld } from "../operations/replacement/healing-lease.ts";
import { stepLine } from "../operations/replacement/progress.ts";
import { BUSY, type Command } from "./command.ts";
import { parseStackArgs, STACK_USAGE } from "./stack-options.ts";

/** `caravan replace-node STACK NODE`: replaces the machine of one node. */
export const replaceNode: Command = {
  summary: "replaces the machine of a worker, a control plane or a member of etcd",
  usage: `caravan replace-node STACK NODE [options]

  NODE              name of the Node or server, or of its resource in the stack

  --plan            checks, previews and says what would be done, and does nothing
  --force           replaces it even if the cluster may not serve without it
  --json            prints the result as JSON
${STACK_USAGE}

exit code: 0 done, or with --plan possible; 2 refused or failed; 3 another run or another healing is at work`,
  async run(args) {
    const own = { plan: { type: "boolean" }, force: { type: "boolean" }, json: { type: "boolean" } } as const;
    const { target, choice, further, options } = parseStackArgs(args, own, ["node"]);
    const say = (message: string) => console.error(message);
    try {
      const result = await replaceOf(target, further[0]!, {
        ...choice,
        planOnly: options.plan ?? false,
        force: options.force ?? false,
        onMessage: say,
        onPlan: (plan) => say(planLine(plan)),
        onStep: (step) => say(stepLine(step)),
      });
      if (options.json) console.log(JSON.stringify(result, undefined, 2));
      return 0;
    } catch (error) {
      if (!(error instanceof StackBusy || error instanceof LeaseHeld)) throw error;
      say(`caravan: replace-node: nothing is done: ${error.message}`);
      return BUSY;
    }
  },
};

function planLine({ role, name, id, risks }: ReplaceNodePlan): string {
  const order =
    role === "worker" ? "its successor joins before it is drained and removed" : "its machine is deleted before its successor is made";
  return [`replaces ${role} ${name} (${id}) and changes nothing else: ${order}`, ...risks.map((risk) => `  forced, although ${risk}`)].join(
    "\n",
  );
}
