import { expect, test } from "vitest";
import type { ApiClient } from "../../../../devcloud/plugins/kubernetes/api-client.ts";
import { changedRelease } from "../../../../devcloud/plugins/kubernetes/releases/installed-release.ts";

const RELEASE = { name: "tiny", namespace: "default" };

/** Client whose first requests fail. */
function failing(times: number) {
  const requests: string[] = [];
  const send = async ({ path }: { path: string }) => {
    requests.push(path);
    if (requests.length <= times) throw new Error("read ECONNRESET");
    return { items: [] };
  };
  return { requests, client: { send } as unknown as ApiClient };
}

test.each([
  [0, 1],
  [2, 3],
  [9, 5],
])("a changed release is looked up again after %i broken connections, %i times in all", async (failures, lookups) => {
  const { requests, client } = failing(failures);
  expect(await changedRelease(client, RELEASE, 1)).toBeUndefined();
  expect(requests).toEqual(Array.from({ length: lookups }, () => "/api/v1/namespaces/default/secrets"));
});
