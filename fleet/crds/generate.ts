import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { accessObjects } from "./access.ts";
import { definitions } from "./definitions.ts";

/** File that `caravan-fleet manifests` prints. */
const MANIFESTS = join(import.meta.dirname, "manifests.yaml");

/** Returns all that a management cluster needs before the controller starts, as YAML. */
export function manifests(): string {
  const head = "# Generated from crds/kinds/ by `npm run fleet-manifests`.\n";
  return (
    head +
    [...definitions(), ...accessObjects()].map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join("---\n")
  );
}

if (import.meta.main) writeFileSync(MANIFESTS, manifests());
