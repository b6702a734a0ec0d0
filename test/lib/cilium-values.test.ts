import { expect, it } from "vitest";
import { ciliumValues, mergeValues } from "../../lib/cilium-values.ts";

const facts = { clusterName: "demo", apiHost: "10.40.0.10", apiPort: 6443, nodes: 3 };

it("lets Cilium replace kube-proxy and take addresses from each Node", () => {
  expect(ciliumValues(facts)).toEqual({
    cluster: { name: "demo" },
    k8sServiceHost: "10.40.0.10",
    k8sServicePort: 6443,
    kubeProxyReplacement: "true",
    ipam: { mode: "kubernetes" },
    k8s: { requireIPv4PodCIDR: true },
    ciliumEndpointSlice: { enabled: true },
    operator: { replicas: 2 },
  });
});

it.each([
  [0, 1],
  [1, 1],
  [2, 2],
  [1019, 2],
])("runs on %i nodes %i operators, each on its own", (nodes, replicas) => {
  expect(ciliumValues({ ...facts, nodes })).toMatchObject({ operator: { replicas } });
});

it("shortens a cluster name that Cilium would refuse", () => {
  expect(ciliumValues({ ...facts, clusterName: `${"a".repeat(31)}-b` })).toMatchObject({ cluster: { name: "a".repeat(31) } });
});

it("merges values deeply, and lets the later ones win", () => {
  const base = { operator: { replicas: 2, image: { tag: "a" } }, list: [1, 2], plain: "base" };
  const over = { operator: { image: { tag: "b" } }, list: [3], plain: { now: "an object" }, more: null };
  expect(mergeValues(base, over)).toEqual({
    operator: { replicas: 2, image: { tag: "b" } },
    list: [3],
    plain: { now: "an object" },
    more: null,
  });
});

it("leaves both sets of values as they were", () => {
  const base = { operator: { replicas: 2 } };
  const over = { operator: { replicas: 1 } };
  mergeValues(base, over);
  expect([base, over]).toEqual([{ operator: { replicas: 2 } }, { operator: { replicas: 1 } }]);
});
