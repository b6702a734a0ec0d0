import { parseArgs } from "node:util";
import { CLAIMS, POOLS } from "../api/resources.ts";
import type { ClusterClaim } from "../crds/kinds/claim.ts";
import type { ClusterPool } from "../crds/kinds/pool.ts";
import { durationOf, millisecondsIn, timeOf } from "../rules/times.ts";
import { apiOf } from "./api-of.ts";
import { API_OPTIONS, API_USAGE, type Command, onlyArgument, UsageError } from "./command.ts";
import { durationOption } from "./duration-option.ts";

/** `caravan-fleet extend`: keeps a claimed cluster longer. */
export const extend: Command = {
  summary: "keeps a claimed cluster longer",
  usage: `caravan-fleet extend CLAIM --for DURATION [options]

  --for DURATION     time from now, like 90m or 2h30m
${API_USAGE}

exit code: 0 done, 2 it failed, or the pool does not allow so much`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...API_OPTIONS, for: { type: "string" } },
      allowPositionals: true,
    });
    const name = onlyArgument("claim", positionals);
    if (values.for === undefined) throw new UsageError("tell how long: --for DURATION");
    const longer = durationOption("for", values.for);
    const api = apiOf(values);
    const claim = await api.find<ClusterClaim>(CLAIMS, name);
    if (!claim) throw new Error(`there is no claim ${name} in namespace ${api.namespace}`);
    const pool = await api.find<ClusterPool>(POOLS, claim.spec.pool);
    const { phase = "Waiting", givenAt } = claim.status ?? {};
    if (givenAt === undefined || !pool) throw new Error(`claim ${name} holds no cluster (it is ${phase}); make another claim`);
    const passed = Date.now() - Date.parse(givenAt);
    const left = millisecondsIn(pool.spec.claim.maximum) - passed;
    if (longer > left)
      throw new Error(
        `pool ${claim.spec.pool} allows ${pool.spec.claim.maximum} in all; use at most ${durationOf(Math.max(0, left))} from now`,
      );
    await api.patch(CLAIMS, name, { spec: { for: durationOf(passed + longer) } });
    console.error(`claim ${name} ends at ${timeOf(Date.now() + longer)}`);
    return 0;
  },
};
