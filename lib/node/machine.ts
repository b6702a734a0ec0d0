import type { Problems } from "../problems.ts";
import { LARGEST_VOLUME, type MachineSettings, SERVER_GROUP_POLICIES } from "./machine-settings.ts";

/** Tags of a server (nova/objects/instance.py, MAX_TAG_COUNT), and characters of each (nova/objects/tag.py, MAX_TAG_LENGTH). */
const MOST_TAGS = 50;
export const LONGEST_TAG = 60;

/** Tags and metadata that the library gives to each server itself. */
const OWN_TAGS = 1;
export const CLUSTER_METADATA = "caravan-cluster";
export const POOL_METADATA = "caravan-pool";
const OWN_METADATA: readonly string[] = [CLUSTER_METADATA, POOL_METADATA];

/** Characters of a key and of a value of a server's metadata (nova/api/validation/parameter_types.py, metadata). */
const METADATA_KEY = /^[a-zA-Z0-9-_:. ]{1,255}$/;
const LONGEST_METADATA_VALUE = 255;

/** Settings of a machine that rules look at. */
export type MachineChoices = Partial<MachineSettings>;

/** Notes what is wrong with a machine's volume, server group, tags and metadata. */
export function checkMachine({ volume, serverGroup, tags = [], metadata = {} }: MachineChoices, problems: Problems): void {
  if (volume && !isVolumeSize(volume.size))
    problems.add("volume.size", `${volume.size} is not a size of a volume; use whole GiB from 1 to ${LARGEST_VOLUME}`);
  if (serverGroup && "policy" in serverGroup && !SERVER_GROUP_POLICIES.some((policy) => policy === serverGroup.policy))
    problems.add("serverGroup.policy", `"${serverGroup.policy}" is no policy; use ${SERVER_GROUP_POLICIES.join(", ")}`);
  checkTags(tags, problems);
  checkMetadata(metadata, problems);
}

/** Whether a volume can have so many GiB. */
export function isVolumeSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= LARGEST_VOLUME;
}

function checkTags(tags: string[], problems: Problems): void {
  const room = MOST_TAGS - OWN_TAGS;
  if (tags.length > room)
    problems.add("tags", `has ${tags.length} tags; a server takes ${room} beside the library's own, so leave some out`);
  tags.forEach((tag, place) => {
    if (tag === "" || tag.length > LONGEST_TAG || /[,/]/.test(tag))
      problems.add(`tags[${place}]`, `"${tag}" is no tag; use 1 to ${LONGEST_TAG} characters without "," and "/"`);
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
