import { type Amounts, type Limits, RESOURCES, type Resource } from "./resources.ts";

/** A resource of which a project has not enough left. */
export interface Shortage {
  resource: Resource;
  /** How much more the cluster needs than it has. */
  needed: number;
  /** How much the project uses. */
  used: number;
  /** How much the project may use. */
  limit: number;
  /** How much the limit is too low by. */
  missing: number;
}

/** The resources that do not suffice. */
export function shortagesOf(needs: Amounts, limits: Limits): Shortage[] {
  return (Object.keys(RESOURCES) as Resource[]).flatMap((resource) => {
    const [needed, known] = [needs[resource], limits[resource]];
    if (!known || needed === 0 || known.limit < 0) return [];
    const missing = known.used + needed - known.limit;
    return missing > 0 ? [{ resource, needed, ...known, missing }] : [];
  });
}

/** A shortage in a line, with what to do about it. */
export function shortageText({ resource, needed, used, limit, missing }: Shortage): string {
  const { title, instead } = RESOURCES[resource];
  return `${title}: ${needed} needed, ${used} of ${limit} used, ${missing} missing; ask for a quota of ${used + needed}, or ${instead}`;
}
