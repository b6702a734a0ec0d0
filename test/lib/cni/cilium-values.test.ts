import { expect, it } from "vitest";
import { ciliumValues, type EtcdAuthorityFacts, etcdSecretData } from "../../../lib/cni/cilium-values.ts";
import { createCa } from "../../../lib/pki/certificates.ts";

const facts = { clusterName: "demo", apiHost: "10.40.0.10", apiPort: 6443, nodes: 3 };

it("makes Cilium replace kube-proxy and use addresses from each Node's podCIDR", () => {
  expect(ciliumValues(facts)).toEqual({
    cluster: { name: "demo" },
    k8sServiceHost: "10.40.0.10",
    k8sServicePort: 6443,
    kubeProxyReplacement: "true",
    ipam: { mode: "kubernetes" },
    k8s: { requireIPv4PodCIDR: true },
    ciliumEndpointSlice: { enabled: true },
    operator: { replicas: 2 },
    hubble: { tls: { auto: { certValidityDuration: 3650 } } },
    tls: { ca: { certValidityDuration: 3650 } },
  });
});

it.each([
  [0, 1],
  [1, 1],
  [2, 2],
  [1019, 2],
])("runs, for %i nodes, %i replicas of the operator", (nodes, replicas) => {
  expect(ciliumValues({ ...facts, nodes })).toMatchObject({ operator: { replicas } });
});

it("shortens a cluster name that Cilium would refuse", () => {
  expect(ciliumValues({ ...facts, clusterName: `${"a".repeat(31)}-b` })).toMatchObject({ cluster: { name: "a".repeat(31) } });
});

it("keeps identities and endpoints in Cilium's etcd when it exists, and not in custom resources", () => {
  const etcdEndpoints = ["https://10.40.0.20:2479", "https://10.40.0.21:2479"];
  const { ciliumEndpointSlice: _, ...common } = ciliumValues(facts);
  expect(ciliumValues({ ...facts, etcdEndpoints })).toEqual({
    ...common,
    identityAllocationMode: "kvstore",
    etcd: { enabled: true, ssl: true, endpoints: etcdEndpoints },
    disableEndpointCRD: true,
  });
});

it("starts pods again at each step of a rotation of their etcd's CA, and never for one that was not rotated", async () => {
  const [one, two] = await Promise.all([createCa("etcd"), createCa("etcd")]);
  const steps: EtcdAuthorityFacts[] = [
    { ca: one.certificate, caGeneration: 1 },
    { ca: one.certificate + two.certificate, caGeneration: 1 },
    { ca: two.certificate + one.certificate, caGeneration: 2 },
    { ca: two.certificate, caGeneration: 2 },
  ];
  const annotations = steps.map((etcdAuthority) => {
    const { podAnnotations, operator } = ciliumValues({ ...facts, etcdAuthority }) as Record<string, { podAnnotations?: object }>;
    expect(operator).toEqual({ replicas: 2, ...(podAnnotations ? { podAnnotations } : {}) });
    return podAnnotations === undefined ? "" : JSON.stringify(podAnnotations);
  });
  expect(annotations[0]).toBe("");
  expect(annotations[1]).toMatch(/^\{"caravan.dev\/etcd-authority":"[0-9a-f]{16}"\}$/);
  expect(new Set(annotations).size).toBe(4);
});

it("names etcd's certificates as Cilium's chart expects", () => {
  const text = (data: string | undefined) => Buffer.from(data ?? "", "base64").toString();
  const data = etcdSecretData("ca", { certificate: "certificate", privateKey: "key" });
  expect(Object.entries(data).map(([file, content]) => [file, text(content)])).toEqual([
    ["etcd-client-ca.crt", "ca"],
    ["etcd-client.crt", "certificate"],
    ["etcd-client.key", "key"],
  ]);
});
