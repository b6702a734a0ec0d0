import { POOL_METADATA } from "../../lib/node/machine.ts";
import { markIn } from "../../lib/ownership.ts";
import type { Inputs, Known } from "../state/stack-state.ts";
import { TYPES } from "../state/types.ts";
import type { LostCreate } from "./lost-create.ts";

/** An object as OpenStack lists it. */
export type Listed = Readonly<Record<string, unknown>> & { id: string };

/** Whether an object has the name that was asked for, and nobody else can have given that: it was generated, or its place is our own. */
export function hasName(object: Listed, { inputs, names }: LostCreate, isOwnPlace: boolean): boolean {
  if (names) return isOwnPlace && names.test(String(object.name));
  return object.name === inputs.name && (isOwnPlace || isGenerated(inputs));
}

/**
 * Whether a server is a lost one: when its name was not generated or is not known, its key pair is the stack's own, and its pool the
 * same, because pools in other stacks have the same key pair, and their servers' names may begin alike.
 */
export function isOwnServer(object: Listed, lost: LostCreate, { own }: Known): boolean {
  const { keyPair, metadata } = lost.inputs;
  const isSamePool = poolOf(object.metadata) === poolOf(metadata);
  return (object.key_name ?? undefined) === keyPair && hasName(object, lost, isSamePool && own.has(String(keyPair)));
}

/** The pool in the metadata of a server. */
export function poolOf(metadata: unknown): unknown {
  return (metadata as Inputs | undefined)?.[POOL_METADATA];
}

/** Whether a port is a lost one: its network or one of its security groups is the stack's own when its name was not generated. */
export function isOwnPort(object: Listed, lost: LostCreate, { own }: Known): boolean {
  const groups = Array.isArray(object.security_groups) ? object.security_groups : [];
  const isOwn = own.has(String(lost.inputs.networkId)) || groups.some((id) => own.has(id));
  return object.network_id === lost.inputs.networkId && hasName(object, lost, isOwn);
}

/** Whether a volume is a lost one. A copy that somebody restored from a backup has the description of its original. */
export function isOwnVolume(object: Listed, lost: LostCreate): boolean {
  return hasUniqueDescription(object, lost) && hasName(object, lost, true);
}

/** Whether an object has the description that was asked for, with a mark: others may be described alike. */
export function hasUniqueDescription(object: Listed, { inputs }: LostCreate): boolean {
  return object.description === inputs.description && markIn(inputs.description) !== undefined;
}

/**
 * Whether an object was made for a resource of the stack's, by its mark: that has the id of a resource that the stack made itself. Such ids
 * are random, so no other stack has one of them, be its cluster called the same. A volume has the resource's name itself, unlike a copy.
 */
export function isMarked(object: Listed, { type, names }: LostCreate, { own }: Known): boolean {
  const mark = markIn(object.description);
  if (!mark || !own.has(mark.stack) || !(names?.test(mark.resource) ?? true)) return false;
  return type !== TYPES.volume || object.name === mark.resource;
}

/** Whether a security group rule is the one that was asked for: OpenStack has no two alike in a group. */
export function isSameRule(object: Listed, inputs: Inputs): boolean {
  const pairs = [
    [object.security_group_id, inputs.securityGroupId],
    [object.direction, inputs.direction],
    [object.ethertype, inputs.ethertype],
    [object.protocol, inputs.protocol],
    [object.port_range_min, inputs.portRangeMin],
    [object.port_range_max, inputs.portRangeMax],
    [object.remote_ip_prefix, inputs.remoteIpPrefix],
    [object.remote_group_id, inputs.remoteGroupId],
  ];
  return pairs.every(([has, wanted]) => String(has ?? "") === String(wanted ?? ""));
}

/** Whether the provider's bridge generated the name; it notes so in the inputs. */
function isGenerated({ name, __defaults }: Inputs): boolean {
  return typeof name === "string" && Array.isArray(__defaults) && __defaults.includes("name");
}
