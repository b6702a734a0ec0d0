import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./command.ts";

/** `caravan-fleet manifests`: prints what a management cluster needs. */
export const manifests: Command = {
  summary: "prints the kinds, roles and policies for the management cluster, for kubectl apply",
  usage: `caravan-fleet manifests | kubectl apply -f -

exit code: 0`,
  async run() {
    process.stdout.write(readFileSync(join(import.meta.dirname, "..", "crds", "manifests.yaml")));
    return 0;
  },
};
