import { DEFAULT_POLICY, type HealPolicy } from "../lib/heal/policy.ts";
import { planText } from "../lib/heal/text.ts";
import { heal as healStack } from "../operations/heal/heal.ts";
import { healRunsText } from "../operations/heal/text.ts";
import { stepLine } from "../operations/replacement/progress.ts";
import type { Command } from "./command.ts";
import { numberIn, parseStackArgs, STACK_USAGE } from "./stack-options.ts";

const OPTIONS = {
  plan: { type: "boolean" },
  json: { type: "boolean" },
  "not-ready-minutes": { type: "string" },
  "settling-minutes": { type: "string" },
  "max-unhealthy-percent": { type: "string" },
  "max-replaced-percent": { type: "string" },
  "max-replacements": { type: "string" },
  "window-hours": { type: "string" },
  "workers-only": { type: "boolean" },
} as const;

/** `caravan heal STACK`: replaces machines that do not work. */
export const heal: Command = {
  summary: "replaces the machines of a stack's cluster that do not work",
  usage: `caravan heal STACK [options]

  --plan            says what would be done, and does nothing
  --json            prints the result as JSON
  --workers-only    leaves control planes and members of etcd to a person
${STACK_USAGE}

limits:
  --not-ready-minutes N      minutes for which a Node must be NotReady (${DEFAULT_POLICY.notReadyMinutes})
  --settling-minutes N       minutes in which a new server is not judged (${DEFAULT_POLICY.settlingMinutes})
  --max-unhealthy-percent N  unhealthy machines of a pool above which none of it is replaced (${DEFAULT_POLICY.maxUnhealthyPercent})
  --max-replaced-percent N   machines of a pool that a run replaces at most (${DEFAULT_POLICY.maxReplacedPercent})
  --max-replacements N       replacements of one machine's place within the window (${DEFAULT_POLICY.maxReplacements})
  --window-hours N           hours of that window (${DEFAULT_POLICY.windowHours})

exit code: 0 all is well, or what was to be done is done or waits for a later run,
           1 machines are left to a person, or --plan would replace some,
           2 nothing could be judged, or a replacement failed or would have changed more,
           3 another run or another healing is at work`,
  async run(args) {
    const { target, choice, options } = parseStackArgs(args, OPTIONS);
    const say = (message: string) => console.error(message);
    const result = await healStack(target, policyOf(options), {
      ...choice,
      planOnly: options.plan ?? false,
      onMessage: say,
      onPlan: (plan, cluster) => (options.json ? say : console.log)(planText(cluster, plan).trimEnd()),
      onStep: (step) => say(stepLine(step)),
    });
    if (options.json) console.log(JSON.stringify(result, undefined, 2));
    else for (const line of healRunsText(result)) console.log(line);
    return result.exitCode;
  },
};

function policyOf(options: Partial<Record<keyof typeof OPTIONS, string | boolean>>): HealPolicy {
  const limits = {
    notReadyMinutes: "not-ready-minutes",
    settlingMinutes: "settling-minutes",
    maxUnhealthyPercent: "max-unhealthy-percent",
    maxReplacedPercent: "max-replaced-percent",
    maxReplacements: "max-replacements",
    windowHours: "window-hours",
  } as const satisfies Record<Exclude<keyof HealPolicy, "controlPlanes">, keyof typeof OPTIONS>;
  const given = Object.entries(limits).flatMap(([name, option]) => {
    const text = options[option];
    return typeof text === "string" ? [[name, numberIn(option, text)] as const] : [];
  });
  return { ...Object.fromEntries(given), ...(options["workers-only"] ? { controlPlanes: false } : {}) };
}
