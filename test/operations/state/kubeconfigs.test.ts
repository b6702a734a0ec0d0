import { expect, it } from "vitest";
import { createCa, createClient } from "../../../lib/pki/certificates.ts";
import { kubeconfig } from "../../../lib/pki/kubeconfig.ts";
import { ownKubeconfigs } from "../../../operations/state/kubeconfigs.ts";
import { resource, stateOf } from "../../support/stack-state.ts";

it("finds the kubeconfig of a cluster in the state, also while its CA is rotated, and none of another cluster", async () => {
  const [old, present, other] = [await createCa("kubernetes"), await createCa("kubernetes"), await createCa("kubernetes")];
  const client = await createClient(present, { user: "kubernetes-admin", days: 1 });
  const of = (ca: string) => kubeconfig({ cluster: "web", server: "https://a:6443", ca, user: "kubernetes-admin", client });
  const stashes = [old, present].map((output, index) => resource("Stash", `web-pki-cluster-${index}`, { outputs: { output } }));
  const found = (ca: string) =>
    ownKubeconfigs(stateOf([...stashes, resource("Provider", "web-kubernetes", { inputs: { kubeconfig: of(ca) } })])).length;
  const { certificate } = present;
  expect([certificate, certificate + old.certificate, other.certificate].map(found)).toEqual([1, 1, 0]);
});
