import { expect, it } from "vitest";
import { controlPlaneFiles } from "../../lib/control-plane-files.ts";
import { clusterConfigurationArgs } from "../support/kubeadm-args.ts";

const pair = (name: string) => ({ certificate: `certificate of ${name}`, privateKey: `key of ${name}` });
const files = controlPlaneFiles({
  cluster: clusterConfigurationArgs,
  authorities: { cluster: pair("cluster"), etcd: pair("etcd"), frontProxy: pair("front proxy") },
  serviceAccount: { publicKey: "public key of accounts", privateKey: "key of accounts" },
  encryptionKey: "key of Secrets",
  bootstrapKubeconfig: "kubeconfig",
});

it("gives control planes their authorities, settings and the approver of certificates", () => {
  expect(files.map(({ mode, path }) => `${mode} ${path}`)).toEqual([
    "0644 /etc/kubernetes/pki/ca.crt",
    "0600 /etc/kubernetes/pki/ca.key",
    "0644 /etc/kubernetes/pki/etcd/ca.crt",
    "0600 /etc/kubernetes/pki/etcd/ca.key",
    "0644 /etc/kubernetes/pki/front-proxy-ca.crt",
    "0600 /etc/kubernetes/pki/front-proxy-ca.key",
    "0644 /etc/kubernetes/pki/sa.pub",
    "0600 /etc/kubernetes/pki/sa.key",
    "0600 /etc/kubernetes/caravan/audit-policy.yaml",
    "0600 /etc/kubernetes/caravan/encryption.yaml",
    "0600 /etc/kubernetes/caravan/discovery.conf",
    "0600 /etc/kubernetes/caravan/init.yaml",
    "0600 /etc/kubernetes/caravan/join.yaml",
    "0755 /usr/local/sbin/caravan-approve-serving-certificates",
    "0644 /etc/systemd/system/caravan-approve.service",
    "0644 /etc/systemd/system/caravan-approve.timer",
  ]);
});

it("lets nobody but root read a key", () => {
  const open = files.filter(({ mode }) => mode !== "0600").map(({ content }) => content);
  expect(open.filter((content) => content.startsWith("key of"))).toEqual([]);
});

it("puts each authority where kubeadm looks for it", () => {
  const contents = Object.fromEntries(files.map(({ path, content }) => [path.replace("/etc/kubernetes/pki/", ""), content]));
  expect(contents).toMatchObject({
    "ca.crt": "certificate of cluster",
    "etcd/ca.key": "key of etcd",
    "front-proxy-ca.crt": "certificate of front proxy",
    "sa.key": "key of accounts",
  });
});
