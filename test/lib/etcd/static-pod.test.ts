import { expect, it } from "vitest";
import { parse } from "yaml";
import { CILIUM_ETCD, KUBERNETES_ETCD } from "../../../lib/etcd/instances.ts";
import { etcdStaticPod, type StaticPodArgs } from "../../../lib/etcd/static-pod.ts";
import { etcdSettings } from "../../../lib/etcd/tuning.ts";

const args: StaticPodArgs = { instance: KUBERNETES_ETCD, settings: etcdSettings({}), ca: "certificate" };

it.each([KUBERNETES_ETCD, CILIUM_ETCD])("runs $name as a static pod with the same text for all members", async (instance) => {
  await expect(etcdStaticPod({ ...args, instance })).toMatchFileSnapshot(`../../golden/static-pod-${instance.name}.yaml`);
});

it("lets nobody in without a certificate of the etcd's own CA", () => {
  for (const instance of [KUBERNETES_ETCD, CILIUM_ETCD]) {
    expect(flags({ ...args, instance })).toEqual(
      expect.arrayContaining([
        "--client-cert-auth=true",
        "--peer-client-cert-auth=true",
        `--trusted-ca-file=/etc/kubernetes/pki/${instance.name}/ca.crt`,
        `--peer-trusted-ca-file=/etc/kubernetes/pki/${instance.name}/ca.crt`,
      ]),
    );
  }
});

it("shares neither ports nor folders between the two etcds of a machine", () => {
  const [one, other] = [KUBERNETES_ETCD, CILIUM_ETCD].map((instance) => {
    const text = etcdStaticPod({ ...args, instance });
    return new Set(text.match(/:\d{4}\b|path: \/\S+|--data-dir=\S+/g)?.filter((found) => !/(livez|readyz)$/.test(found)));
  });
  expect(one!.size).toBe(6);
  expect([...one!].filter((found) => other!.has(found))).toEqual([]);
});

it("sets the given settings", () => {
  const settings = { quotaBytes: 8 * 1024 ** 3, heartbeatMilliseconds: 200, electionMilliseconds: 2000 };
  expect(flags({ ...args, settings })).toEqual(
    expect.arrayContaining(["--quota-backend-bytes=8589934592", "--heartbeat-interval=200", "--election-timeout=2000"]),
  );
});

it("keeps the history for Kubernetes, which compacts it, and an hour of it for Cilium", () => {
  const compaction = (instance: StaticPodArgs["instance"]) => flags({ ...args, instance }).filter((flag) => flag.includes("compaction"));
  expect(compaction(KUBERNETES_ETCD)).toEqual([]);
  expect(compaction(CILIUM_ETCD)).toEqual(["--auto-compaction-mode=periodic", "--auto-compaction-retention=1h"]);
});

it("changes with the CA, which etcd reads only when it starts", () => {
  expect(etcdStaticPod({ ...args, ca: "another" })).not.toBe(etcdStaticPod(args));
});

function flags(args: StaticPodArgs): string[] {
  return parse(etcdStaticPod(args)).spec.containers[0].command;
}
