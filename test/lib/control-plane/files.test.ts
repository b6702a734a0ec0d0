import { expect, it } from "vitest";
import { parse } from "yaml";
import { controlPlaneFiles } from "../../../lib/control-plane/files.ts";
import { keepalivedPassword } from "../../../lib/control-plane/virtual-address.ts";
import { clusterConfigurationArgs } from "../../support/kubeadm-args.ts";

const pair = (name: string) => ({ certificate: `certificate of ${name}`, privateKey: `key of ${name}` });
const args = {
  cluster: clusterConfigurationArgs,
  cas: { cluster: pair("cluster"), frontProxy: pair("front proxy") },
  etcd: { topology: "stacked" as const, ca: pair("etcd") },
  serviceAccount: { publicKey: "public key of accounts", privateKey: "key of accounts" },
  encryptionKey: "key of Secrets",
};
const files = controlPlaneFiles(args);

it("gives control planes their CAs and settings, the approver of certificates and their renewal", () => {
  expect(files.map(({ mode, path }) => `${mode} ${path}`)).toEqual([
    "0644 /etc/kubernetes/pki/ca.crt",
    "0600 /etc/kubernetes/pki/ca.key",
    "0644 /etc/kubernetes/pki/etcd/ca.crt",
    "0600 /etc/kubernetes/pki/etcd/ca.key",
    "0644 /etc/kubernetes/pki/front-proxy-ca.crt",
    "0600 /etc/kubernetes/pki/front-proxy-ca.key",
    "0644 /etc/kubernetes/pki/sa.pub",
    "0600 /etc/kubernetes/pki/sa.key",
    "0600 /etc/kubernetes/caravan/admission.yaml",
    "0600 /etc/kubernetes/caravan/audit-policy.yaml",
    "0600 /etc/kubernetes/caravan/authentication.yaml",
    "0600 /etc/kubernetes/caravan/encryption.yaml",
    "0600 /etc/kubernetes/caravan/scheduler.yaml",
    "0600 /etc/kubernetes/caravan/patches/kube-apiserver+merge.yaml",
    "0600 /etc/kubernetes/caravan/patches/kube-scheduler+merge.yaml",
    "0600 /etc/kubernetes/caravan/init.yaml",
    "0600 /etc/kubernetes/caravan/join.yaml",
    "0755 /usr/local/sbin/caravan-approve-serving-certificates",
    "0644 /etc/systemd/system/caravan-approve.service",
    "0644 /etc/systemd/system/caravan-approve.timer",
    "0755 /usr/local/sbin/caravan-maintenance-lease",
    "0755 /usr/local/sbin/caravan-renew-certificates",
    "0644 /etc/systemd/system/caravan-certificates.service",
    "0644 /etc/systemd/system/caravan-certificates.timer",
  ]);
});

/** Files that differ between two sets, by their paths. */
function differing(before: typeof files, after: typeof files): string[] {
  const changed = after.filter((file) => !before.some(({ path, content }) => path === file.path && content === file.content));
  const removed = before.filter((file) => !after.some(({ path }) => path === file.path));
  return [...changed, ...removed].map(({ path }) => path.replace("/etc/kubernetes/", "")).sort();
}

const contentOf = (all: typeof files, name: string) => all.find(({ path }) => path.endsWith(name))?.content;

const others = { clusterCas: [], frontProxyCas: [], serviceAccountKeys: [], encryptionKeys: [], etcdCas: [] };

it("rotates the encryption key: each phase changes its configuration and restarts the API server, and the virtual address keeps its password", () => {
  const virtual = { ...args, virtualAddress: { address: "10.40.0.5", port: 6443, peers: [] } };
  const virtualAddressPassword = keepalivedPassword("key of Secrets");
  const phases = [
    {},
    { rotation: { encryptionKey: { use: 1, trust: [1, 2] } }, trusted: { ...others, encryptionKeys: ["second"] }, virtualAddressPassword },
    {
      encryptionKey: "second",
      rotation: { encryptionKey: { use: 2, trust: [1, 2] } },
      trusted: { ...others, encryptionKeys: ["key of Secrets"] },
      virtualAddressPassword,
    },
    { encryptionKey: "second", rotation: { encryptionKey: { use: 2, trust: [2] } }, virtualAddressPassword },
  ].map((phase) => controlPlaneFiles({ ...virtual, ...phase }));
  const restart = ["caravan/encryption.yaml", "caravan/patches/kube-apiserver+merge.yaml"];
  expect(phases.slice(1).map((after, index) => differing(phases[index]!, after))).toEqual([
    ["/usr/local/sbin/caravan-secrets-at-rest", ...restart],
    restart,
    restart,
  ]);
  const keys = phases.map((phase) => parse(contentOf(phase, "encryption.yaml")!).resources[0].providers[0].secretbox.keys);
  expect(keys.map((each) => each.map(({ name, secret }: { name: string; secret: string }) => `${name} ${secret}`))).toEqual([
    ["key1 key of Secrets"],
    ["key1 key of Secrets", "key2 second"],
    ["key2 second", "key1 key of Secrets"],
    ["key2 second"],
  ]);
});

it("rotates the key of service accounts: each phase restarts the API server and the controller manager", () => {
  const [second, first] = [{ publicKey: "public key 2", privateKey: "key 2" }, args.serviceAccount];
  const phases = [
    {},
    { rotation: { serviceAccountKey: { use: 1, trust: [1, 2] } }, trusted: { ...others, serviceAccountKeys: [second.publicKey] } },
    {
      serviceAccount: second,
      rotation: { serviceAccountKey: { use: 2, trust: [1, 2] } },
      trusted: { ...others, serviceAccountKeys: [first.publicKey] },
    },
    { serviceAccount: second, rotation: { serviceAccountKey: { use: 2, trust: [2] } } },
  ].map((phase) => controlPlaneFiles({ ...args, ...phase }));
  const patches = ["caravan/patches/kube-apiserver+merge.yaml", "caravan/patches/kube-controller-manager+merge.yaml"];
  expect(phases.slice(1).map((after, index) => differing(phases[index]!, after))).toEqual([
    [...patches, "pki/sa.pub"],
    [...patches, "pki/sa.key", "pki/sa.pub"],
    // The controller manager verifies no tokens.
    [patches[0], "pki/sa.pub"],
  ]);
  expect(phases.map((phase) => [contentOf(phase, "sa.key"), contentOf(phase, "sa.pub")])).toEqual([
    ["key of accounts", "public key of accounts"],
    ["key of accounts", "public key of accounts\npublic key 2\n"],
    ["key 2", "public key 2\npublic key of accounts\n"],
    ["key 2", "public key 2"],
  ]);
});

it("rotates the CA of the front proxy: the one that signs comes first", () => {
  const [first, second] = [args.cas.frontProxy, pair("second front proxy")];
  const phases = [
    {},
    { rotation: { frontProxyCa: { use: 1, trust: [1, 2] } }, trusted: { ...others, frontProxyCas: [second.certificate] } },
    {
      cas: { ...args.cas, frontProxy: second },
      rotation: { frontProxyCa: { use: 2, trust: [1, 2] } },
      trusted: { ...others, frontProxyCas: [first.certificate] },
    },
    { cas: { ...args.cas, frontProxy: second }, rotation: { frontProxyCa: { use: 2, trust: [2] } } },
  ].map((phase) => controlPlaneFiles({ ...args, ...phase }));
  const own = ["caravan/patches/kube-apiserver+merge.yaml", "pki/front-proxy-ca.crt"];
  expect(phases.slice(1).map((after, index) => differing(phases[index]!, after))).toEqual([own, [...own, "pki/front-proxy-ca.key"], own]);
  expect(phases.map((phase) => contentOf(phase, "front-proxy-ca.crt"))).toEqual([
    "certificate of front proxy",
    "certificate of front proxy\ncertificate of second front proxy\n",
    "certificate of second front proxy\ncertificate of front proxy\n",
    "certificate of second front proxy",
  ]);
});

it("rotates the CA of stacked etcd: each phase restarts etcd and the API server", () => {
  const [first, second] = [pair("etcd"), pair("second etcd")];
  const etcd = { topology: "stacked" as const, ca: second };
  const phases = [
    {},
    { rotation: { etcdCa: { use: 1, trust: [1, 2] } }, trusted: { ...others, etcdCas: [second.certificate] } },
    { etcd, rotation: { etcdCa: { use: 2, trust: [1, 2] } }, trusted: { ...others, etcdCas: [first.certificate] } },
    { etcd, rotation: { etcdCa: { use: 2, trust: [2] } } },
  ].map((phase) => controlPlaneFiles({ ...args, ...phase }));
  const own = ["caravan/patches/etcd+merge.yaml", "caravan/patches/kube-apiserver+merge.yaml", "pki/etcd/ca.crt"];
  expect(phases.slice(1).map((after, index) => differing(phases[index]!, after))).toEqual([own, [...own, "pki/etcd/ca.key"], own]);
  expect(phases.map((phase) => contentOf(phase, "etcd/ca.crt"))).toEqual([
    "certificate of etcd",
    "certificate of etcd\ncertificate of second etcd\n",
    "certificate of second etcd\ncertificate of etcd\n",
    "certificate of second etcd",
  ]);
});

it("rotates the cluster's CA: what reads it at its start restarts, and the controller manager signs with a file of one certificate", () => {
  const [first, second] = [args.cas.cluster, pair("second cluster")];
  const virtual = { ...args, virtualAddress: { address: "10.40.0.5", port: 6443, peers: [] } };
  const cas = { ...args.cas, cluster: second };
  const phases = [
    {},
    { rotation: { clusterCa: { use: 1, trust: [1, 2] } }, trusted: { ...others, clusterCas: [second.certificate] } },
    { cas, rotation: { clusterCa: { use: 2, trust: [1, 2] } }, trusted: { ...others, clusterCas: [first.certificate] } },
    { cas, rotation: { clusterCa: { use: 2, trust: [2] } } },
  ].map((phase) => controlPlaneFiles({ ...virtual, ...phase }));
  const own = [
    "caravan/haproxy.cfg",
    "caravan/patches/kube-apiserver+merge.yaml",
    "caravan/patches/kube-controller-manager+merge.yaml",
    "pki/ca.crt",
  ];
  expect(phases.slice(1).map((after, index) => differing(phases[index]!, after))).toEqual([
    [...own, "caravan/init.yaml", "pki/signing-ca.crt"].sort(),
    [...own, "pki/ca.key", "pki/signing-ca.crt"],
    own,
  ]);
  expect(
    phases.map((phase) => [contentOf(phase, "pki/ca.crt"), contentOf(phase, "pki/ca.key"), contentOf(phase, "signing-ca.crt")]),
  ).toEqual([
    [first.certificate, first.privateKey, undefined],
    [`${first.certificate}\n${second.certificate}\n`, first.privateKey, first.certificate],
    [`${second.certificate}\n${first.certificate}\n`, second.privateKey, second.certificate],
    [second.certificate, second.privateKey, second.certificate],
  ]);
  const signing = phases.map((phase) => /cluster-signing-cert-file\n +value: (.*)\n/.exec(contentOf(phase, "init.yaml")!)?.[1]);
  expect(signing).toEqual([undefined, ...Array(3).fill("/etc/kubernetes/pki/signing-ca.crt")]);
});

it("restarts the API server alone when the CA of an external etcd is rotated", () => {
  const rotation = { etcdCa: { use: 1, trust: [1, 2] } };
  const external = (ca: string) => ({ topology: "external" as const, endpoints: ["https://10.40.0.30:2379"], ca, client: pair("client") });
  const before = controlPlaneFiles({ ...args, etcd: external("certificate of etcd") });
  const after = controlPlaneFiles({ ...args, etcd: external("both certificates"), rotation });
  expect(differing(before, after)).toEqual(["caravan/patches/kube-apiserver+merge.yaml", "pki/etcd/ca.crt"]);
});

it("lets only root read a key", () => {
  const open = files.filter(({ mode }) => mode !== "0600").map(({ content }) => content);
  expect(open.filter((content) => content.startsWith("key of"))).toEqual([]);
});

it("puts each CA where kubeadm expects it", () => {
  const contents = Object.fromEntries(files.map(({ path, content }) => [path.replace("/etc/kubernetes/pki/", ""), content]));
  expect(contents).toMatchObject({
    "ca.crt": "certificate of cluster",
    "etcd/ca.key": "key of etcd",
    "front-proxy-ca.crt": "certificate of front proxy",
    "sa.key": "key of accounts",
  });
});

it("has only the CA's certificate and a client's pair for external etcd", () => {
  const external = {
    topology: "external" as const,
    endpoints: ["https://10.40.0.30:2379"],
    ca: "certificate of etcd",
    client: pair("client"),
  };
  const own = controlPlaneFiles({ ...args, etcd: external }).filter(({ path }) => path.includes("etcd"));
  expect(own).toEqual([
    { path: "/etc/kubernetes/pki/etcd/ca.crt", mode: "0644", content: "certificate of etcd" },
    { path: "/etc/kubernetes/pki/apiserver-etcd-client.crt", mode: "0644", content: "certificate of client" },
    { path: "/etc/kubernetes/pki/apiserver-etcd-client.key", mode: "0600", content: "key of client" },
  ]);
});

it("restarts the scheduler when its settings change, and the API server when encryption, admission or authentication change", () => {
  const changed = (changes: object) => {
    const now = controlPlaneFiles({ ...args, ...changes });
    return now.filter(
      ({ path, content }) => path.includes("/patches/") && !files.some((file) => file.path === path && file.content === content),
    );
  };
  expect(changed({ scheduler: { configuration: { percentageOfNodesToScore: 10 } } }).map(({ path }) => path)).toEqual([
    "/etc/kubernetes/caravan/patches/kube-scheduler+merge.yaml",
  ]);
  const ofApiServer = [
    { encryptionKey: "another" },
    { podSecurity: { enforce: "restricted" } },
    { eventRateLimits: [{ type: "Server", qps: 1, burst: 1 }] },
    { authentication: { configuration: { anonymous: { enabled: false } } } },
  ];
  for (const changes of ofApiServer)
    expect(changed(changes).map(({ path }) => path)).toEqual(["/etc/kubernetes/caravan/patches/kube-apiserver+merge.yaml"]);
});
