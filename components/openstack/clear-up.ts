import { extname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { readScript } from "../../lib/node/scripts.ts";
import { programCloud } from "../../operations/run/program-cloud.ts";
import { fullStackName } from "../../operations/state/own-state.ts";

/** The program that does it: TypeScript in a checkout, JavaScript in a package. */
const PROGRAM = fileURLToPath(new URL(`../../operations/clear-up${extname(import.meta.url)}`, import.meta.url));

/**
 * A resource whose deletion removes what interrupted runs left in OpenStack: a plain `pulumi destroy` runs no program, but deletes this one.
 * Resources that depend on it are made after it and deleted before it, so nothing is left behind before it exists.
 * @param knownBy ids and names by which the stack's objects are recognised: the state keeps them as long as this resource
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
    // Another checkout on another machine is no change.
    { ...opts, ignoreChanges: ["environment.CARAVAN_IN_PROJECT", "environment.CARAVAN_AT_CREATION"] },
  );
}
