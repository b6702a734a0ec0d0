import type { OpenStack } from "../../clients/openstack/client.ts";
import type { Known } from "../state/stack-state.ts";
import { KINDS, type Kind } from "./kinds.ts";
import type { LostCreate } from "./lost-create.ts";
import { isMarked, type Listed } from "./matching.ts";

/** Object that was found for a lost creation. */
export interface Found {
  kind: Kind;
  object: Listed;
  create: LostCreate;
}

/** Number of creations from which on one listing of everything is less work for OpenStack than a query for each. */
const MANY = 10;

/** Finds the objects of lost creations that are not in the state, in an order in which they can be removed. */
export async function findLost(cloud: OpenStack, creates: readonly LostCreate[], known: Known): Promise<Found[]> {
  // Without block storage, for example, a cloud has no volumes that could be lost.
  const kinds = KINDS.filter(({ service }) => cloud.has(service));
  const of = (kind: Kind) => creates.filter(({ type }) => type === kind.type);
  const found = await Promise.all(kinds.map((kind) => findKind(cloud, kind, of(kind), known)));
  // An object may be found twice, by its pending creation and as a missing part. The pending creation is kept, because it says more.
  return found.flatMap((all) => [...new Map(all.toReversed().map((each) => [each.object.id, each])).values()].toReversed());
}

async function findKind(cloud: OpenStack, kind: Kind, lost: readonly LostCreate[], known: Known): Promise<Found[]> {
  const all = kind.queryOfMany && lost.length >= MANY ? list(cloud, kind, kind.queryOfMany) : undefined;
  const found = lost.map(async (create) => {
    const objects = await (all ?? list(cloud, kind, kind.query(create)));
    const isLost = (object: Listed) => (create.byMark ? isMarked(object, create, known) : kind.isLost(object, create, known));
    const orphans = objects.filter((object) => !known.ids.has(object.id) && isLost(object));
    return orphans.map((object) => ({ kind, object, create }));
  });
  return (await Promise.all(found)).flat();
}

async function list(cloud: OpenStack, kind: Kind, query: Readonly<Record<string, unknown>>): Promise<Listed[]> {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  return cloud.list<Listed>(kind.service, kind.listPath ?? kind.path, Object.fromEntries(given));
}
