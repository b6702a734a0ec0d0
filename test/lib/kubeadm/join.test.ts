import { expect, it } from "vitest";
import { parse } from "yaml";
import { joinConfiguration } from "../../../lib/kubeadm/join.ts";
import { batchLabels } from "../../../lib/pool/rules.ts";

it("makes a worker join with labels and taints from the start, and not as a control plane", async () => {
  const registration = { labels: batchLabels("web", "0"), taints: [{ key: "gpu", effect: "NoSchedule" as const }] };
  const text = joinConfiguration({ controlPlane: false, registration });
  await expect(text).toMatchFileSnapshot("../../golden/kubeadm-join-worker.yaml");
  const { nodeRegistration, ...join } = parse(text);
  expect(join).not.toHaveProperty("controlPlane");
  expect(nodeRegistration.taints).toEqual([{ key: "gpu", effect: "NoSchedule" }]);
  expect(nodeRegistration.kubeletExtraArgs).toContainEqual({ name: "node-labels", value: "caravan.dev/pool=web,caravan.dev/batch=0" });
});

it("makes a control plane join with its own API server, and leaves its taint to kubeadm", async () => {
  const text = joinConfiguration({ controlPlane: true, registration: {} });
  await expect(text).toMatchFileSnapshot("../../golden/kubeadm-join-control-plane.yaml");
  const { controlPlane, nodeRegistration } = parse(text);
  expect(controlPlane).toEqual({ localAPIEndpoint: { advertiseAddress: "@NODE_ADDRESS@", bindPort: 6443 } });
  expect(nodeRegistration).not.toHaveProperty("taints");
});

it("discovers the cluster by a kubeconfig alone, without a token that expires", () => {
  const { discovery } = parse(joinConfiguration({ controlPlane: false, registration: {} }));
  expect(discovery).toEqual({ file: { kubeConfigPath: "/run/caravan/discovery.conf" } });
});

it("quotes each text that kubeadm would read as a boolean", () => {
  const taints = [{ key: "gpu", value: "yes", effect: "NoSchedule" as const }];
  expect(joinConfiguration({ controlPlane: false, registration: { taints } })).toContain('value: "yes"\n');
});
