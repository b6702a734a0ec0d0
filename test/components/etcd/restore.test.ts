import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, it } from "vitest";
import { KubernetesCluster } from "../../../components/index.ts";
import type { KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";
import type { EtcdBackupSettings, EtcdRestoreSettings } from "../../../lib/etcd-backup/settings.ts";
import { machine, mini } from "../../support/cluster-args.ts";
import { deploy, isSecret, type Registered } from "../../support/deploy.ts";
import { filesOf, orderOf, stdinOf, variable } from "../../support/orders.ts";

const SECRET_KEY = "secret-key-of-the-store";
const IDENTITY = `AGE-SECRET-KEY-1${"Q".repeat(58)}`;
const s3 = { endpoint: "https://s3.example.com", bucket: "backups", accessKey: "me", secretKey: pulumi.secret(SECRET_KEY) };
const backup: EtcdBackupSettings = { recipient: "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj", s3 };
const restore: EtcdRestoreSettings = { id: "2027-01-14", identity: pulumi.secret(IDENTITY), lost: ["demo-etcd-2"] };

const cluster = (more: Partial<KubernetesClusterArgs>) => () =>
  new KubernetesCluster("demo", {
    ...mini,
    controlPlane: { count: 3, machine },
    apiEndpoint: { ...mini.apiEndpoint, type: "vip" },
    ...more,
  });

let stacked: Registered[];
let external: Registered[];
beforeAll(async () => {
  stacked = await deploy(cluster({ etcd: { topology: "stacked", backup, restore } }));
  external = await deploy(cluster({ etcd: { topology: "external", members: 3, machine, backup, restore } }));
});

const find = (plan: Registered[], name: string) => plan.find((resource) => resource.name === name && resource.type.startsWith("command:"))!;
const SETTINGS = "/etc/kubernetes/caravan/etcd-backup.json";
const backupIn = (plan: Registered[], name: string) => filesOf(stdinOf(plan, name)).find(({ path }) => path === SETTINGS);

it("gives members the settings of backups, with the facts about the cluster; they are secrets", () => {
  const names = { stacked: "demo-control-plane-1-kubeadm", external: "demo-etcd-1-etcd" };
  const [of, other] = [backupIn(stacked, names.stacked)!, backupIn(external, names.external)!];
  expect([of.mode, other.mode]).toEqual(["0600", "0600"]);
  const facts = { kubernetesVersion: "1.36.3", encryptionKeys: [expect.stringMatching(/^\w{16}$/)] };
  for (const { content } of [of, other]) {
    const { facts: told, store, cluster } = JSON.parse(content);
    expect({ facts: told, store, cluster }).toMatchObject({ facts, store: { type: "s3", secretKey: SECRET_KEY }, cluster: "demo" });
  }
  expect(JSON.parse(of.content).kubeconfig).toBe("/etc/kubernetes/admin.conf");
  expect(JSON.parse(other.content)).not.toHaveProperty("kubeconfig");
  expect(isSecret(find(stacked, names.stacked).inputs.stdin) && isSecret(find(external, names.external).inputs.stdin)).toBe(true);
  // Control planes beside an external etcd do not back it up.
  expect(backupIn(external, "demo-control-plane-1-kubeadm")).toBeUndefined();
});

it("restores on the machine of the initial member before any member starts", () => {
  const [of, other] = [find(stacked, "demo-control-plane-restore-2027-01-14"), find(external, "demo-etcd-restore-2027-01-14")];
  expect([of.parent, of.deletedWith]).toEqual(["demo-control-plane", "demo-control-plane-0"]);
  expect([other.parent, other.deletedWith]).toEqual(["demo-etcd", "demo-etcd-0"]);
  expect(find(stacked, "demo-control-plane-0-kubeadm").dependencies).toContain("demo-control-plane-restore-2027-01-14");
  expect(find(external, "demo-etcd-0-etcd").dependencies).toContain("demo-etcd-restore-2027-01-14");
  const input = stdinOf(stacked, "demo-control-plane-restore-2027-01-14");
  const members = variable(input, "MEMBERS").split("\n");
  expect(members.map((line) => line.split(" ")[0])).toEqual(["demo-control-plane-0", "demo-control-plane-1", "demo-control-plane-2"]);
  expect(["RESTORE", "LOST", "ETCD", "NODE_NAME"].map((name) => variable(input, name))).toEqual([
    ...["2027-01-14", "demo-etcd-2", "stacked", "demo-control-plane-0"],
  ]);
  expect(JSON.parse(variable(input, "RESTORE_SETTINGS"))).toMatchObject({
    ...{ store: { type: "s3", secretKey: SECRET_KEY }, snapshot: "latest", identity: IDENTITY },
    facts: { cluster: "demo", kubernetesVersion: "1.36.3" },
  });
  expect(isSecret(of.inputs.stdin)).toBe(true);
  expect(variable(stdinOf(external, "demo-etcd-restore-2027-01-14"), "ETCD")).toBe("external");
});

it("tells members, control planes and workers of the restore", async () => {
  expect(variable(stdinOf(stacked, "demo-control-plane-2-kubeadm"), "RESTORE")).toBe("2027-01-14");
  expect(variable(stdinOf(external, "demo-etcd-2-etcd"), "RESTORE")).toBe("2027-01-14");
  expect(variable(stdinOf(external, "demo-control-plane-2-kubeadm"), "RESTORE")).toBe("2027-01-14");
  for (const plan of [stacked, external]) expect(variable(orderOf(plan, "demo-default-join-0").input, "RESTORE")).toBe("2027-01-14");

  // Beside an external etcd, the components of control planes start again.
  const without = await deploy(cluster({ etcd: { topology: "external", members: 3, machine, backup } }));
  const patches = (plan: Registered[]) =>
    filesOf(stdinOf(plan, "demo-control-plane-0-kubeadm")).filter(({ path }) => path.endsWith("+merge.yaml"));
  const changed = patches(external).filter(({ path, content }) => patches(without).find((each) => each.path === path)?.content !== content);
  expect(changed.map(({ path }) => path.split("/").at(-1))).toEqual([
    "kube-apiserver+merge.yaml",
    "kube-controller-manager+merge.yaml",
    "kube-scheduler+merge.yaml",
  ]);
  expect(without.some(({ name }) => name.includes("restore"))).toBe(false);
});

it("keeps the secrets of backups and restores out of all that is no secret", () => {
  for (const plan of [stacked, external]) {
    const plain = JSON.stringify(plan, (_, value) => (isSecret(value) ? "secret" : value));
    expect(plain).not.toContain(SECRET_KEY);
    expect(plain).not.toContain(IDENTITY);
  }
});
