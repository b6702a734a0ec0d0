import type { Action } from "./actions.ts";
import { adoptions } from "./adopt.ts";
import { beginnings, farewells } from "./beginnings.ts";
import { clearings } from "./clearings.ts";
import { creations } from "./creations.ts";
import { deletions } from "./deletions.ts";
import { Fleet } from "./fleet.ts";
import { extensions, gifts } from "./gifts.ts";
import type { View } from "./view.ts";

/**
 * Plans what one look of the controller does, in its order: adopt runs, delete what has ended or is broken, give, create, begin runs. Deleting
 * comes before creating, because with a full quota the other order never ends.
 */
export function plan(view: View): Action[] {
  const fleet = new Fleet(view);
  const adopted = adoptions(view);
  const lost = new Set(adopted.flatMap((action) => (action.type === "lose" ? action.run : [])));
  const deleted = deletions(view, fleet);
  const doomed = new Set(deleted.map(({ cluster }) => cluster));
  return [
    ...adopted,
    ...farewells(view, fleet),
    ...extensions(view, fleet),
    ...deleted,
    ...gifts(view, fleet, doomed),
    ...creations(view, fleet, doomed),
    // A run that is lost counts until it is noted: its processes may still be at work.
    ...beginnings(view, fleet, doomed),
    ...clearings(view, fleet),
  ].filter((action) => action.type !== "stop" || !lost.has(action.run));
}
