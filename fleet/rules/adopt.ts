import type { Action } from "./actions.ts";
import { isDeleted } from "./fleet.ts";
import type { View } from "./view.ts";

/** Decides about runs that are not over: those whose process is gone are lost, and those that nobody has started are. */
export function adoptions({ runs, clusters, dead, idle }: View): Action[] {
  const deleted = new Set(clusters.filter(isDeleted).map(({ metadata }) => metadata.name));
  return runs.flatMap((run): Action[] => {
    const { name } = run.metadata;
    if (dead.has(name)) return [{ type: "lose", run: name }];
    if (idle.has(name)) return [{ type: "start", run: name }];
    const isUseless = run.status?.phase === "Running" && run.spec.operation === "up" && deleted.has(run.spec.cluster);
    return isUseless ? [{ type: "stop", run: name }] : [];
  });
}
