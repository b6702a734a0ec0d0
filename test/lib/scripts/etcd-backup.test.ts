import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

const FILES = ["common.sh", "kubernetes-folders.sh", "packages.sh", "etcd-backup.sh"];
const SETTINGS = "/etc/kubernetes/caravan/etcd-backup.json";

function setUp(wanted: boolean, stubs = "") {
  const files = wanted ? `0600 ${node.folder}${SETTINGS} e30=\n` : `0600 ${node.folder}/etc/other e30=\n`;
  const script = FILES.map(readScript).join("\n");
  return node.run(
    script,
    "set_up_backups",
    { FILES: files },
    `is_debian() { true; }\ncommand() { [[ -e ${node.folder}/age ]]; }\n${stubs}`,
  );
}

it("installs age and starts the timer where backups are configured", () => {
  expect(setUp(true)).toMatchObject({ code: 0, stderr: expect.stringMatching(/^web-1: backups of etcd \(\d s\)\n$/) });
  expect(node.calls.filter((call) => /^(systemctl|apt-get .*age)/.test(call)).map((call) => call.replace(/--.* /, ""))).toEqual([
    "apt-get age",
    "systemctl daemon-reload",
    "systemctl enable caravan-etcd-backup.timer",
    "systemctl restart caravan-etcd-backup.timer",
  ]);
  node.write("age");
  const before = node.calls.length;
  expect(setUp(true).code).toBe(0);
  expect(node.calls.slice(before)[0]).toBe("systemctl daemon-reload");
});

it("does nothing on a machine without backups", () => {
  expect(setUp(false)).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(node.calls).toEqual([]);
});

it("removes the timer, the credentials and the record when backups are configured no more", () => {
  for (const file of [SETTINGS, "/etc/systemd/system/caravan-etcd-backup.service", "/etc/systemd/system/caravan-etcd-backup.timer"])
    node.write(file);
  node.write("var/lib/caravan/etcd-backup/lock");
  node.write("etc/kubernetes/admin.conf");
  expect(setUp(false)).toMatchObject({ code: 0, stderr: expect.stringMatching(/^web-1: end backups of etcd \(\d s\)\n$/) });
  const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 20s --namespace kube-system";
  expect(node.calls).toEqual([
    "systemctl disable --now caravan-etcd-backup.timer",
    "systemctl stop caravan-etcd-backup.service",
    "systemctl daemon-reload",
    `${kubectl} delete configmap caravan-etcd-backup --ignore-not-found`,
  ]);
  expect(
    [SETTINGS, "etc/systemd/system/caravan-etcd-backup.timer", "var/lib/caravan/etcd-backup"].filter((file) => node.has(file)),
  ).toEqual([]);
});
