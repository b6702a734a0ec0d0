import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { INIT_CONFIGURATION } from "../../lib/kubeadm/paths.ts";
import { etcdSettings, withLocalEtcd } from "./local-etcd.ts";

const POD = `spec:
  containers:
    - command: [etcd, --name=etcd-0, --quota-backend-bytes=8589934592, --heartbeat-interval=100, "--initial-cluster=a=https://b:2380"]
`;
const INIT = `kind: InitConfiguration
---
kind: ClusterConfiguration
clusterName: large
apiServer:
  extraArgs: [{ name: profiling, value: "false" }, { name: etcd-servers-overrides, value: "/events#https://a:2579;https://b:2579" }]
etcd: { external: { endpoints: ["https://10.40.0.9:2379"] } }
`;

it("keeps the settings of a member that do not depend on its machine", () => {
  expect(etcdSettings(POD)).toEqual({ "quota-backend-bytes": "8589934592", "heartbeat-interval": "100" });
});

it("gives a control plane an etcd of its own, whose certificates kubeadm makes", () => {
  const file = (path: string, content: string) => ({ path, mode: "0600", content });
  const credentials = ["etcd/ca.crt", "apiserver-etcd-client.crt", "apiserver-etcd-client.key"];
  const files = [...credentials.map((name) => file(`/etc/kubernetes/pki/${name}`, "")), file("/etc/kubernetes/pki/ca.crt", "ca")];

  const [ca, init, ...others] = withLocalEtcd([...files, file(INIT_CONFIGURATION, INIT)], { "heartbeat-interval": "100" });

  expect([ca, others]).toEqual([file("/etc/kubernetes/pki/ca.crt", "ca"), []]);
  expect(parseAllDocuments(init!.content).map((document) => document.toJS())).toEqual([
    { kind: "InitConfiguration" },
    {
      kind: "ClusterConfiguration",
      clusterName: "large",
      apiServer: {
        extraArgs: [
          { name: "profiling", value: "false" },
          { name: "etcd-servers-overrides", value: "/events#https://127.0.0.1:2379" },
        ],
      },
      etcd: { local: { extraArgs: [{ name: "heartbeat-interval", value: "100" }] } },
    },
  ]);
});
