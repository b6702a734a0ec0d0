import { checkId } from "../ids.ts";
import type { Problems } from "../problems.ts";
import { LARGEST_VOLUME, type MachineSettings, SERVER_GROUP_POLICIES } from "./machine-settings.ts";
import { checkZones } from "./zones.ts";

/** Most tags of a server (nova/objects/instance.py, MAX_TAG_COUNT). */
const MOST_TAGS = 50;

/** Most characters of a tag (nova/objects/tag.py, MAX_TAG_LENGTH). */
export const LONGEST_TAG = 60;

/** Number of tags that the library sets itself. */
const OWN_TAGS = 1;

/** Beginning of the tag by which a cluster's objects are found. */
const OWN_TAG = "caravan-cluster=";

/** Metadata keys that the library sets itself. */
export const CLUSTER_METADATA = "caravan-cluster";
export const POOL_METADATA = "caravan-pool";
export const STACK_METADATA = "caravan-stack";
const OWN_METADATA: readonly string[] = [CLUSTER_METADATA, POOL_METADATA, STACK_METADATA];

/** Limits of a server's metadata keys and values (nova/api/validation/parameter_types.py, metadata). */
const METADATA_KEY = /^[a-zA-Z0-9-_:. ]{1,255}$/;
const LONGEST_METADATA_VALUE = 255;

/** Checks the zones, volume, server group, security groups, tags and metadata of a machine. */
export function checkMachine(machine: Partial<MachineSettings>, problems: Problems): void {
  const { availabilityZones, volume, serverGroup, securityGroups = [], tags = [], metadata = {} } = machine;
  checkZones("availabilityZones", availabilityZones, problems);
  if (volume && !isVolumeSize(volume.size))
    problems.add("volume.size", `${volume.size} is not a size of a volume; use whole GiB from 1 to ${LARGEST_VOLUME}`);
  if (serverGroup && "policy" in serverGroup && !SERVER_GROUP_POLICIES.some((policy) => policy === serverGroup.policy))
    problems.add("serverGroup.policy", `"${serverGroup.policy}" is no policy; use ${SERVER_GROUP_POLICIES.join(", ")}`);
  if (serverGroup && "id" in serverGroup) checkId("serverGroup.id", serverGroup.id, "server group", problems);
  checkSecurityGroups(securityGroups, problems);
  checkTags(tags, problems);
  checkMetadata(metadata, problems);
}

/** Returns whether a volume can have a size in GiB. */
export function isVolumeSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= LARGEST_VOLUME;
}

function checkSecurityGroups(groups: readonly unknown[], problems: Problems): void {
  groups.forEach((group, place) => {
    const property = `securityGroups[${place}]`;
    checkId(property, group, "security group", problems);
    if (typeof group === "string" && groups.indexOf(group) < place) problems.add(property, `"${group}" is named twice; name it once`);
  });
}

function checkTags(tags: string[], problems: Problems): void {
  const room = MOST_TAGS - OWN_TAGS;
  if (tags.length > room)
    problems.add("tags", `has ${tags.length} tags; a server takes ${room} beside the library's own, so leave some out`);
  tags.forEach((tag, place) => {
    if (tag === "" || tag.length > LONGEST_TAG || /[,/]/.test(tag))
      problems.add(`tags[${place}]`, `"${tag}" is no tag; use 1 to ${LONGEST_TAG} characters without "," and "/"`);
    else if (tag.startsWith(OWN_TAG))
      problems.add(`tags[${place}]`, `"${tag}" would have the machine taken for a cluster's; choose another tag`);
    else if (tags.indexOf(tag) < place) problems.add(`tags[${place}]`, `"${tag}" is named twice; name each tag once`);
  });
}

function checkMetadata(metadata: Record<string, string>, problems: Problems): void {
  for (const [key, value] of Object.entries(metadata)) {
    const at = problems.at(`metadata["${key}"]`);
    if (OWN_METADATA.includes(key)) at.add("", `"${key}" is set by the library; choose another key`);
    if (!METADATA_KEY.test(key)) at.add("", `"${key}" is no metadata key; use 1 to 255 letters, digits, spaces and "-", "_", ":", "."`);
    if (value.length > LONGEST_METADATA_VALUE)
      at.add("", `has a value of ${value.length} characters; a server takes at most ${LONGEST_METADATA_VALUE}, so shorten it`);
  }
}
