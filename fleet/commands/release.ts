import { parseArgs } from "node:util";
import { CLAIMS } from "../api/resources.ts";
import type { ClusterClaim } from "../crds/kinds/claim.ts";
import { apiOf } from "./api-of.ts";
import { API_OPTIONS, API_USAGE, type Command, onlyArgument } from "./command.ts";

/** `caravan-fleet release`: gives a cluster back. */
export const release: Command = {
  summary: "gives a claimed cluster back, which is deleted at once",
  usage: `caravan-fleet release CLAIM [options]

${API_USAGE}

exit code: 0 it is given back, or was before; 2 it failed`,
  async run(args) {
    const { values, positionals } = parseArgs({ args: [...args], options: API_OPTIONS, allowPositionals: true });
    const name = onlyArgument("claim", positionals);
    const api = apiOf(values);
    if (!(await api.find<ClusterClaim>(CLAIMS, name))) console.error(`there is no claim ${name}: it was given back before`);
    await api.delete(CLAIMS, name);
    return 0;
  },
};
