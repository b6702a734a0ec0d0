import { TYPES } from "../../operations/state/types.ts";
import type { EngineStack } from "../engine/engine-stack.ts";
import type { FakeCloud } from "../fake-openstack/fake-cloud.ts";

/** Counts a cloud's servers that are not in the state. */
export async function unknownServers(stack: EngineStack, { nova }: FakeCloud): Promise<number> {
  return nova.servers.store.size - (await stack.urns(TYPES.server)).length;
}
