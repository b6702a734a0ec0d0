import fc from "fast-check";
import { expect, it } from "vitest";
import { DEFAULT_EVENT_RATE_LIMITS } from "../../../lib/kubeadm/event-rate-limits.ts";
import type { EventRateLimit } from "../../../lib/kubeadm/settings.ts";
import { clientRate } from "../../../lib/scale-profile/client-rate.ts";
import { scaleProfile } from "../../../lib/scale-profile/scale-profile.ts";

/** Events of the start of a pod: scheduled, pulled, created, started, and that of its controller. */
const EVENTS = 5;

const limitsFor = (nodes: number, pods: number): readonly EventRateLimit[] =>
  scaleProfile(nodes, pods).settings.eventRateLimits ?? DEFAULT_EVENT_RATE_LIMITS;
const limit = (limits: readonly EventRateLimit[], type: string) => limits.find((each) => each.type === type)!;

it("has room for 1,000 nodes that start 50,000 pods at 500 a second", () => {
  expect(limitsFor(1019, 50_000)).toEqual([
    { type: "Server", qps: 5_000, burst: 500_000 },
    { type: "Namespace", qps: 2_500, burst: 15_000 },
    { type: "User", qps: 1_000, burst: 100_000 },
  ]);
});

it("never limits a cluster whose pods all start as fast as its controller manager makes them, three thousand of a namespace at once", () => {
  const size = fc.record({ nodes: fc.integer({ min: 1, max: 5_000 }), podsPerNode: fc.integer({ min: 0, max: 30 }) });
  fc.assert(
    fc.property(size, ({ nodes, podsPerNode }) => {
      const pods = nodes * podsPerNode;
      const rate = clientRate({ nodes, pods, controlPlanes: 1 }) ?? 20;
      const limits = limitsFor(nodes, pods);
      const [server, namespace, user] = ["Server", "Namespace", "User"].map((type) => limit(limits, type));
      expect(server!.qps).toBeGreaterThanOrEqual(EVENTS * rate);
      expect(server!.burst).toBeGreaterThanOrEqual(EVENTS * pods);
      expect(namespace!.burst).toBeGreaterThanOrEqual(EVENTS * Math.min(pods, 3_000));
      expect(namespace!.qps).toBeGreaterThanOrEqual(EVENTS * rate);
      // The scheduler writes one event a pod. A kubelet writes at most 50 a second, and 100 in a burst.
      expect(user!.qps).toBeGreaterThanOrEqual(Math.max(rate, 50));
      expect(user!.burst).toBeGreaterThanOrEqual(Math.max(pods, 100));
    }),
  );
});
