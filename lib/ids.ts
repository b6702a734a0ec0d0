import type { Problems } from "./problems.ts";

const UUID = /^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/i;

/** Returns whether a text has the form of OpenStack's ids: a UUID, with or without hyphens. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** Checks that a value which is known now is an id, and not a name. `kind` is that of the `openstack` command: "network", "server group". */
export function checkId(property: string, value: unknown, kind: string, problems: Problems): void {
  if (typeof value !== "string" || isId(value)) return;
  problems.add(property, `"${value}" is not the id of a ${kind}; give the one that \`openstack ${kind} list\` shows, not the name`);
}
