/** Mark in the description of an object, which tells the stack and resource that it was created for. */
export interface Mark {
  clusterName: string;
  /** Id that is unique to the stack. */
  stack: string;
  /** Name of the resource that the object was created for, unique among its type in the stack. */
  resource: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Writes a mark as description. The cluster's name at the beginning of the resource's is left out: Designate allows 160 characters. */
export function markText({ clusterName, stack, resource }: Mark): string {
  const short = resource.startsWith(`${clusterName}-`) ? resource.slice(clusterName.length) : resource;
  return `caravan-cluster=${clusterName} ${stack} ${short}`;
}

/** Reads the mark in a description; `undefined` when it has none that only a stack can have written. */
export function markIn(description: unknown): Mark | undefined {
  const [, clusterName = "", stack = "", short = ""] = /^caravan-cluster=(\S+) (\S+) (\S+)$/.exec(String(description)) ?? [];
  if (!UUID.test(stack)) return undefined;
  return { clusterName, stack, resource: short.startsWith("-") ? clusterName + short : short };
}
