import { parseArgs } from "node:util";
import { healthTable } from "../lib/health/table.ts";
import { checkHealth } from "../operations/health/check-health.ts";
import { type Command, UsageError } from "./command.ts";

const OPTIONS = {
  cluster: { type: "string" },
  cwd: { type: "string", short: "C" },
  cloud: { type: "string" },
  region: { type: "string" },
  json: { type: "boolean" },
  "no-ssh": { type: "boolean" },
} as const;

/** `caravan health STACK`: checks a cluster and changes nothing. */
export const health: Command = {
  summary: "checks the health of a stack's cluster, and changes nothing",
  usage: `caravan health STACK [options]

  --json            prints the report as JSON
  --no-ssh          asks no machine for the members of etcd and for certificates
  --cluster NAME    cluster to check, in a stack with several
  --cloud NAME      cloud in clouds.yaml, in place of the stack's openstack:cloud or OS_CLOUD
  --region NAME     region, in place of the stack's or the cloud's
  -C, --cwd FOLDER  folder of the stack's project, in place of the current one

exit code: 0 healthy, 1 findings that are critical or warnings,
           2 the check failed, or OpenStack or the Kubernetes API could not be asked`,
  async run(args) {
    const { stack, json = false, cwd, "no-ssh": noSsh = false, ...options } = parsed(args);
    const onMessage = (message: string) => console.error(message);
    const report = await checkHealth({ stack, ...(cwd === undefined ? {} : { workDir: cwd }) }, { ...options, ssh: !noSsh, onMessage });
    console.log(json ? JSON.stringify(report, undefined, 2) : healthTable(report).trimEnd());
    return report.exitCode;
  },
};

function parsed(args: readonly string[]) {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [stack, ...others] = positionals;
  if (stack === undefined) throw new UsageError("name a stack");
  if (others.length > 0) throw new UsageError(`takes one stack, and was given ${positionals.join(", ")}`);
  return { ...values, stack };
}
