import { extname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { readScript } from "../../lib/node/scripts.ts";
import { programCloud } from "../../operations/run/program-cloud.ts";
import { fullStackName } from "../../operations/state/own-state.ts";

/** Program that removes orphans: TypeScript in a checkout, JavaScript in a package. */
const PROGRAM = fileURLToPath(new URL(`../../operations/clear-up${extname(import.meta.url)}`, import.meta.url));

/**
 * Makes a resource whose deletion removes the orphans of interrupted runs from OpenStack. A plain `pulumi destroy` runs no program, but
 * deletes this resource. Resources that depend on it are created after it and deleted before it, so it exists before any orphan can.
 * @param knownBy ids and names by which the stack's objects are recognised; the state keeps them as long as this resource
 */
export function clearUpOnDeletion(
  name: string,
  knownBy: pulumi.Input<string>[],
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  const { cloud = "", region = "" } = programCloud();
  return new command.local.Command(
    name,
    {
      delete: readScript("clear-up.sh"),
      environment: {
        CARAVAN_STACK: fullStackName(),
        CARAVAN_KNOWN_BY: pulumi.all(knownBy).apply((all) => all.join(" ")),
        CARAVAN_CLOUD: cloud,
        CARAVAN_REGION: region,
        CARAVAN_IN_PROJECT: relative(process.cwd(), PROGRAM),
        CARAVAN_AT_CREATION: PROGRAM,
      },
    },
    // A checkout in another folder is no change.
    { ...opts, ignoreChanges: ["environment.CARAVAN_IN_PROJECT", "environment.CARAVAN_AT_CREATION"] },
  );
}
