import { X509Certificate } from "node:crypto";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { clusterAccess } from "../../../clients/kubernetes/access.ts";
import { Kubernetes } from "../../../clients/kubernetes/client.ts";
import { servedCertificate } from "../../../clients/kubernetes/served-certificate.ts";
import { createCa } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { FakeKubernetesApi } from "../../support/kubernetes-api.ts";

let ca: KeyPair;
let api: FakeKubernetesApi;
let kubernetes: Kubernetes;
beforeAll(async () => {
  ca = await createCa("kubernetes");
});
beforeEach(async () => {
  api = await FakeKubernetesApi.start(ca);
  kubernetes = new Kubernetes(clusterAccess(api.kubeconfig));
});
afterEach(() => api.stop());

it("lists what labels select", async () => {
  api.answers.set("/api/v1/pods", [{ metadata: { name: "a" } }]);
  expect(await kubernetes.list("/api/v1/pods", "tier=control-plane")).toEqual([{ metadata: { name: "a" } }]);
  expect(api.requests).toEqual(["GET /api/v1/pods?limit=250&labelSelector=tier%3Dcontrol-plane"]);
  await expect(kubernetes.list("/api/v1/nothing")).rejects.toThrow(
    "GET /api/v1/nothing: 404; the server of the kubeconfig is no Kubernetes API",
  );
});

it("returns the report of an API server that is not ready, and throws what else refuses", async () => {
  api.answers.set("/readyz", "[-]etcd failed: reason withheld\n");
  expect(await kubernetes.readyz()).toBe("[-]etcd failed: reason withheld\n");
  api.refusals.set("/readyz", [500, 403]);
  expect(await kubernetes.readyz()).toBe("[-]etcd failed: reason withheld\n");
  await expect(kubernetes.readyz()).rejects.toThrow("GET /readyz: 403 refused by the test");
});

it("returns the certificate that the API serves without a request, even one that has ended", async () => {
  const old = await FakeKubernetesApi.start(ca, -1);
  const served = await Promise.all([api, old].map(({ kubeconfig }) => servedCertificate(clusterAccess(kubeconfig))));
  const [now, ended] = served.map((pem) => new X509Certificate(pem));
  expect([now!.subject, now!.validToDate > new Date(), ended!.validToDate < new Date()]).toEqual(["CN=kube-apiserver", true, true]);
  expect([...api.requests, ...old.requests]).toEqual([]);
  await old.stop();
  await expect(servedCertificate(clusterAccess(old.kubeconfig))).rejects.toThrow("ECONNREFUSED");
});
