import { expect, it } from "vitest";
import type { KubernetesApi } from "./kubernetes-api.ts";
import type { NodeObject } from "./nodes.ts";
import { applyPoolSettings } from "./pool-settings.ts";

it("sets labels and taints, removes those that an earlier run had set, and keeps others", async () => {
  const patches: unknown[] = [];
  const api = { patch: async (path: string, body: object) => patches.push([path, body]) } as unknown as KubernetesApi;
  const node: NodeObject = {
    metadata: {
      name: "worker",
      labels: { old: "1", kept: "1" },
      annotations: {},
    },
    spec: {
      taints: [
        { key: "gone", value: "x", effect: "NoSchedule" },
        { key: "foreign", effect: "NoExecute" },
      ],
    },
    status: {},
  };

  const input = { LABELS: "kept=1 tier=web", TAINTS: "new:NoSchedule" };
  const note = await applyPoolSettings(api, node, input, "id-1 10.0.0.1 label:old=1 label:kept=1 taint:gone=x:NoSchedule");

  expect(note).toBe("id-1 10.0.0.1 label:kept=1 label:tier=web taint:new:NoSchedule");
  expect(patches).toEqual([
    [
      "/api/v1/nodes/worker",
      {
        metadata: {
          labels: { old: null, kept: "1", tier: "web" },
        },
        spec: {
          taints: [
            { key: "foreign", effect: "NoExecute" },
            { key: "new", effect: "NoSchedule" },
          ],
        },
      },
    ],
  ]);
});
