import { PassThrough } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import type { Api } from "../../../fleet/api/api.ts";
import { POOLS } from "../../../fleet/api/resources.ts";
import { Watched } from "../../../fleet/api/watched.ts";
import type { KubernetesObject } from "../../../fleet/crds/kinds/object.ts";

const object = (name: string, version: number): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Any",
  metadata: { name, resourceVersion: String(version) },
});

/** API that lists what it is given, and whose watch tells what is written into it. */
function fakeApi(lists: KubernetesObject[][]) {
  const watch = { stream: new PassThrough(), from: [] as string[] };
  const api = {
    path: () => "/any",
    send: async () => ({ items: lists.shift() ?? [], metadata: { resourceVersion: "10" } }),
    stream: async (_: string, query: Record<string, string>) => {
      watch.from.push(query.resourceVersion!);
      watch.stream = new PassThrough();
      return watch.stream;
    },
  };
  const tell = (type: string, told: object) => watch.stream.write(`${JSON.stringify({ type, object: told })}\n`);
  return { api: api as unknown as Api, watch, tell };
}

async function watchedOf(lists: KubernetesObject[][]) {
  const { api, watch, tell } = fakeApi(lists);
  const problems: string[] = [];
  const watched = new Watched(
    api,
    POOLS,
    () => {},
    (problem) => problems.push(problem),
  );
  onTestFinished(() => watched.stop());
  await watched.listed();
  await expect.poll(() => watch.from.length).toBe(1);
  const versions = () => Object.fromEntries(watched.all.map(({ metadata }) => [metadata.name, Number(metadata.resourceVersion)]));
  return { watched, watch, tell, versions, problems };
}

it("lists, follows changes, and goes on from the last version after a watch has ended", async () => {
  const { watch, tell, versions } = await watchedOf([[object("a", 5), object("b", 6)]]);
  expect(versions()).toEqual({ a: 5, b: 6 });
  tell("MODIFIED", object("a", 11));
  tell("DELETED", object("b", 12));
  tell("BOOKMARK", object("", 20));
  await expect.poll(versions).toEqual({ a: 11 });
  watch.stream.end();
  await expect.poll(() => watch.from).toEqual(["10", "20"]);
});

it("keeps its own writes over older news, and does not bring back what is deleted", async () => {
  const { watched, tell, versions } = await watchedOf([[object("a", 5)]]);
  watched.put(object("a", 15));
  tell("MODIFIED", object("a", 14));
  tell("ADDED", object("b", 16));
  await expect.poll(versions).toEqual({ a: 15, b: 16 });
  tell("DELETED", object("a", 17));
  await expect.poll(versions).toEqual({ b: 16 });
  watched.put(object("a", 15));
  expect(versions()).toEqual({ b: 16 });
  tell("ADDED", object("a", 18));
  await expect.poll(versions).toEqual({ a: 18, b: 16 });
});

it("lists anew when the API server does not know the version any more, and tells no problem", async () => {
  const { watch, tell, versions, problems } = await watchedOf([[object("a", 5)], [object("b", 9)]]);
  tell("ERROR", { code: 410, metadata: {} });
  await expect.poll(versions).toEqual({ b: 9 });
  await expect.poll(() => watch.from).toEqual(["10", "10"]);
  expect(problems).toEqual([]);
});
