import { afterEach, beforeEach, expect, it } from "vitest";
import { parseMachineReport } from "../../../lib/health/machine-report.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const KEY = "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n";
const INSTANCES = "etcd 2379\ncilium-etcd 2479\nevents-etcd 2579";

/** Stands for etcds: that of Kubernetes has a leader, Cilium's does not answer, and that of events has none. */
const CURL = `curl() {
  case \${*: -1} in
    *:2379/*/status) printf '{"header": {},\\n "leader": "1"}' ;;
    *:2379/*/list) echo '{"members": [{"ID": "1", "name": "etcd-0"}, {"ID": "2", "isLearner": true}]}' ;;
    *:2379/*/alarm) echo '{"header": {}, "alarms": [{"memberID": "1", "alarm": "NOSPACE"}]}' ;;
    *:2379/v3/kv/range) [[ ! -e /run/silent ]] && printf '{"header": {},\n "kvs": [%s]}' "$(cat /run/record)" ;;
    *:2579/*/status) echo '{"header": {}}' ;;
    *:2579/*/list) echo '{"members": [{"ID": "1", "name": "etcd-0"}]}' ;;
    *) echo "curl: (7) Failed to connect"; return 7 ;;
  esac
}`;

it("reports the etcds and the certificates of a machine, and no key", () => {
  for (const name of ["etcd", "cilium-etcd", "events-etcd"]) node.write(`etc/kubernetes/manifests/${name}.yaml`);
  node.write("etc/kubernetes/pki/apiserver.crt", PEM);
  node.write("etc/kubernetes/pki/apiserver.key", KEY);
  node.write("etc/kubernetes/pki/etcd/server.crt", PEM);
  const data = Buffer.from(PEM).toString("base64");
  node.write("etc/kubernetes/scheduler.conf", `users:\n- user:\n    client-certificate-data: ${data}\n    client-key-data: c2VjcmV0\n`);
  node.write("etc/kubernetes/kubelet.conf", "users:\n- user:\n    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n");
  node.write("var/lib/kubelet/pki/kubelet-client-current.pem", PEM + KEY);
  const { code, stdout, stderr } = node.runNodeScript("machineReport", { INSTANCES }, CURL);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).not.toMatch(/c2VjcmV0|secret|PRIVATE/);
  expect(Buffer.from(stdout.replaceAll(/\S+ /g, ""), "base64").toString()).not.toContain("PRIVATE");
  const certificates = ["kubernetes/pki/apiserver.crt", "kubernetes/pki/etcd/server.crt", "kubernetes/scheduler.conf"];
  expect(parseMachineReport(stdout.replaceAll(node.folder, ""))).toEqual({
    etcds: [
      {
        etcd: "etcd",
        hasLeader: true,
        alarms: ["NOSPACE"],
        members: [
          { name: "etcd-0", isLearner: false },
          { name: "", isLearner: true },
        ],
      },
      { etcd: "cilium-etcd", failure: "curl: (7) Failed to connect", hasLeader: false, alarms: [], members: [] },
      { etcd: "events-etcd", hasLeader: false, alarms: [], members: [{ name: "etcd-0", isLearner: false }] },
    ],
    certificates: [
      ...certificates.map((file) => ({ path: `/etc/${file}`, pem: PEM })),
      { path: "/var/lib/kubelet/pki/kubelet-client-current.pem", pem: PEM },
    ],
  });
});

it("reports nothing of a machine that has neither", () => {
  expect(node.runNodeScript("machineReport", { INSTANCES }, CURL)).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(parseMachineReport("")).toEqual({ etcds: [], certificates: [] });
});

it("reports the record of backups where they are configured", () => {
  const report = () => parseMachineReport(node.runNodeScript("machineReport", { INSTANCES }, CURL).stdout);
  const record = { every: "3600", success: "2026-11-28T12:00:00Z" };
  node.write("etc/kubernetes/manifests/etcd.yaml");
  node.write("run/record", `{"value": "${Buffer.from(JSON.stringify(record)).toString("base64")}"}`);
  expect(report()).not.toHaveProperty("backup");
  node.write("etc/kubernetes/caravan/etcd-backup.json");
  expect(report()).toMatchObject({ backup: record });
  node.write("run/record");
  expect(report()).toMatchObject({ backup: {} });
  node.write("run/silent");
  expect(report()).not.toHaveProperty("backup");
});
