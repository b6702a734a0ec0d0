import { type Amounts, type Limits, RESOURCES, type Resource } from "./resources.ts";

/** Shortage of a resource in a project. */
export interface Shortage {
  resource: Resource;
  /** Amount that the cluster needs beyond what it has. */
  needed: number;
  /** Amount that the project uses. */
  used: number;
  /** Amount that the project may use. */
  limit: number;
  /** Amount by which the limit is too low. */
  missing: number;
}

/** Returns the shortages: resources whose limit is lower than their use and the need together. */
export function shortagesOf(needs: Amounts, limits: Limits): Shortage[] {
  return (Object.keys(RESOURCES) as Resource[]).flatMap((resource) => {
    const [needed, known] = [needs[resource], limits[resource]];
    if (!known || needed === 0 || known.limit < 0) return [];
    const missing = known.used + needed - known.limit;
    return missing > 0 ? [{ resource, needed, ...known, missing }] : [];
  });
}

/** Writes a shortage as one line, with what to do about it. */
export function shortageText({ resource, needed, used, limit, missing }: Shortage): string {
  const { title, instead } = RESOURCES[resource];
  return `${title}: ${needed} needed, ${used} of ${limit} used, ${missing} missing; ask for a quota of ${used + needed}, or ${instead}`;
}
