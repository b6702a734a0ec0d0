/** What the description of an object says about who made it. */
export interface Mark {
  clusterName: string;
  /** Id that only one stack has. */
  stack: string;
  /** Name of the resource that the object was made for, like no other of its type in the stack. */
  resource: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The description of an object. What the resource's name has of the cluster's is left out: Designate takes 160 characters. */
export function markText({ clusterName, stack, resource }: Mark): string {
  const short = resource.startsWith(`${clusterName}-`) ? resource.slice(clusterName.length) : resource;
  return `caravan-cluster=${clusterName} ${stack} ${short}`;
}

/** The mark in a description; none when anybody may have written it. */
export function markIn(description: unknown): Mark | undefined {
  const [, clusterName = "", stack = "", short = ""] = /^caravan-cluster=(\S+) (\S+) (\S+)$/.exec(String(description)) ?? [];
  if (!UUID.test(stack)) return undefined;
  return { clusterName, stack, resource: short.startsWith("-") ? clusterName + short : short };
}
