import { healthTable } from "../lib/health/table.ts";
import { checkHealth } from "../operations/health/check-health.ts";
import type { Command } from "./command.ts";
import { parseStackArgs, STACK_USAGE } from "./stack-options.ts";

/** `caravan health STACK`: checks a cluster and changes nothing. */
export const health: Command = {
  summary: "checks the health of a stack's cluster, and changes nothing",
  usage: `caravan health STACK [options]

  --json            prints the report as JSON
  --no-ssh          asks no machine for the members of etcd and for certificates
${STACK_USAGE}

exit code: 0 healthy, 1 findings that are critical or warnings,
           2 the check failed, or OpenStack or the Kubernetes API could not be asked`,
  async run(args) {
    const { target, choice, options } = parseStackArgs(args, { json: { type: "boolean" }, "no-ssh": { type: "boolean" } });
    const onMessage = (message: string) => console.error(message);
    const report = await checkHealth(target, { ...choice, ssh: !options["no-ssh"], onMessage });
    console.log(options.json ? JSON.stringify(report, undefined, 2) : healthTable(report).trimEnd());
    return report.exitCode;
  },
};
