import { expect, it } from "vitest";
import { controlPlaneFiles } from "../../../lib/control-plane/files.ts";
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
