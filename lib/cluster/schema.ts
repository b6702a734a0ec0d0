import type { z } from "zod";
import { nameAdvice } from "../nearest-name.ts";
import type { Problems } from "../problems.ts";
import { propertiesIn } from "../schema.ts";
import { CLUSTER_PROPERTIES, cluster } from "./settings.ts";

/** Checks for properties that are missing, unknown or of the wrong kind. Returns the names of the valid ones. */
export function checkShape(args: object, problems: Problems): Set<string> {
  const issues = issuesOf(cluster, args);
  for (const { path, reason } of issues) problems.add(pathText(path), reason);
  const broken = new Set(issues.map(({ path }) => path[0]));
  return new Set(CLUSTER_PROPERTIES.filter((property) => !broken.has(property)));
}

interface Issue {
  path: PropertyKey[];
  reason: string;
}

function issuesOf(shape: z.ZodType, value: unknown): Issue[] {
  const { error } = shape.safeParse(value, { reportInput: true });
  return (error?.issues ?? []).flatMap((issue) => {
    const { path } = issue;
    if (issue.code !== "unrecognized_keys") return [{ path, reason: reasonOf(issue, path) }];
    const known = propertiesIn(issue.message);
    return issue.keys.map((key) => ({ path: [...path, key], reason: `is not a property here; ${nameAdvice(key, known)}, or remove it` }));
  });
}

function reasonOf(issue: z.core.$ZodIssue, path: PropertyKey[]): string {
  const value = issue.code === "invalid_union" ? (issue.input as Record<string, unknown>)[issue.discriminator ?? "type"] : issue.input;
  if (value === undefined) return "is missing; give it a value";
  // About a record's key, zod itself says only that it is invalid.
  const { message } = issue.code === "invalid_key" ? (issue.issues[0] ?? issue) : issue;
  return `${shown(value, path)}is not allowed: ${message.replace(/^Invalid input: /, "")}`;
}

/** Properties that are secret, or have secrets below them. */
const SECRET_PARTS: readonly PropertyKey[] = ["keyPair", "privateKey", "hosts", "proxy"];

/** Writes a value for an error's text; nothing when it is an object or could be a secret. */
function shown(value: unknown, path: PropertyKey[]): string {
  const secret = path.some((part) => SECRET_PARTS.includes(part));
  return secret || (typeof value === "object" && value !== null) ? "" : `${JSON.stringify(value)} `;
}

function pathText(path: PropertyKey[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`)).join("");
}
