import type { Problems } from "../problems.ts";

/** Kind of a component's configuration file, and its fields that have a property of their own. */
export interface ComponentKind {
  apiVersion: string;
  kind: string;
  /** Properties by the fields that they set. The fields are refused, so that the two cannot differ. */
  elsewhere?: Readonly<Record<string, string>>;
}

/** Checks the fields that users add to a component's configuration file. */
export function checkComponentConfiguration(
  configuration: Readonly<Record<string, unknown>>,
  { elsewhere = {}, ...kind }: ComponentKind,
  problems: Problems,
): void {
  for (const [field, expected] of Object.entries(kind)) {
    const given = configuration[field];
    if (given !== undefined && given !== expected)
      problems.add(`configuration.${field}`, `${JSON.stringify(given)} is not what the library writes; use ${expected}, or leave it out`);
  }
  for (const [field, instead] of Object.entries(elsewhere))
    if (field in configuration) problems.add(`configuration.${field}`, `is set elsewhere; use ${instead}`);
}
