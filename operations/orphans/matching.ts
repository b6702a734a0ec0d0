import { STACK_METADATA } from "../../lib/node/machine.ts";
import { markIn } from "../../lib/ownership.ts";
import type { Inputs, Known } from "../state/stack-state.ts";
import { TYPES } from "../state/types.ts";
import type { LostCreate } from "./lost-create.ts";

/** Object in an OpenStack listing. */
export type Listed = Readonly<Record<string, unknown>> & { id: string };

/** Returns whether an object has the wanted name, and nobody else can have given it: it was generated, or its place is the stack's own. */
export function hasName(object: Listed, { inputs, names }: LostCreate, isOwnPlace: boolean): boolean {
  if (names) return isOwnPlace && names.test(String(object.name));
  return object.name === inputs.name && (isOwnPlace || isGenerated(inputs));
}

/**
 * Returns whether a server is a lost one. It must have the mark that its creation gave it; when that is not known, any mark of this stack.
 * When its name was not generated or is not known, the mark must be the id of a resource that the stack made itself.
 */
export function isOwnServer(object: Listed, lost: LostCreate, { own }: Known): boolean {
  const [mark, wanted] = [serverMark(object.metadata), serverMark(lost.inputs.metadata)];
  const isPossible = mark === wanted || (lost.names !== undefined && wanted === undefined);
  return isPossible && hasName(object, lost, own.has(String(mark)));
}

function serverMark(metadata: unknown): unknown {
  return (metadata as Inputs | undefined)?.[STACK_METADATA];
}

/** Returns whether a port is a lost one. When its name was not generated, its network or a security group must be the stack's own. */
export function isOwnPort(object: Listed, lost: LostCreate, { own }: Known): boolean {
  const groups = Array.isArray(object.security_groups) ? object.security_groups : [];
  const isOwn = own.has(String(lost.inputs.networkId)) || groups.some((id) => own.has(id));
  return object.network_id === lost.inputs.networkId && hasName(object, lost, isOwn);
}

/** Returns whether a volume is a lost one. Its name counts as well, because a copy from a backup has the description of its original. */
export function isOwnVolume(object: Listed, lost: LostCreate): boolean {
  return hasUniqueDescription(object, lost) && hasName(object, lost, true);
}

/** Returns whether an object has the wanted description, with a mark. A description without a mark may be another user's as well. */
export function hasUniqueDescription(object: Listed, { inputs }: LostCreate): boolean {
  return object.description === inputs.description && markIn(inputs.description) !== undefined;
}

/**
 * Returns whether an object's mark shows that it was created for a resource of the stack. The mark has the id of a resource that the stack
 * made itself. Such ids are random, so no other stack has them, even when its cluster has the same name. A volume must also have the
 * resource's name, which a copy does not have.
 */
export function isMarked(object: Listed, { type, names }: LostCreate, { own }: Known): boolean {
  const mark = markIn(object.description);
  if (!mark || !own.has(mark.stack) || !(names?.test(mark.resource) ?? true)) return false;
  return type !== TYPES.volume || object.name === mark.resource;
}

/** Returns whether a security group rule is the wanted one. OpenStack has no two rules alike in a group. */
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

/** Returns whether the provider's bridge generated the name. It notes that in the inputs. */
function isGenerated({ name, __defaults }: Inputs): boolean {
  return typeof name === "string" && Array.isArray(__defaults) && __defaults.includes("name");
}
