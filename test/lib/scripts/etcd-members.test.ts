import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

const scripts = `${readScript("common.sh")}\n${readScript("etcd-members.sh")}`;
const certificates = { ETCD_CA: "/etc/pki/ca.crt", ETCD_CERT: "/etc/pki/server.crt", ETCD_KEY: "/etc/pki/server.key" };

/** Makes a member in the format of etcd's gateway. */
const member = (id: string, name: string, host: string, more: object = {}) => ({
  ID: id,
  ...(name === "" ? {} : { name }),
  peerURLs: [`https://${host}:2380`],
  clientURLs: [`https://${host}:2379`],
  ...more,
});

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

/** Runs a call on an etcd that answers at 10.0.0.2 only. It refuses as many changes as /run/refusals has lines. */
function run(call: string, members: object[] = []) {
  const curl = `curl() {
    local request=\${*: -2:1} url=\${*: -1}
    [[ $url == https://10.0.0.2:2379/* ]] || { echo 'curl: (7) Failed to connect'; return 7; }
    [[ $url != */member/list ]] || { cat /run/members; return; }
    if [[ -s /run/refusals ]]; then sed -i 1d /run/refusals; echo 'curl: (22) error'; echo '{"message":"unhealthy cluster"}'; return 22; fi
    record "\${url##*/v3/}" "$request"
  }`;
  node.write("run/members", JSON.stringify({ header: {}, members }));
  return node.run(scripts, call, certificates, curl);
}

it("lists the members of an etcd, without a name for those that never started", () => {
  const members = [member("1", "etcd-0", "10.0.0.1"), member("2", "", "10.0.0.3", { isLearner: true })];
  expect(run("etcd_members https://10.0.0.2:2379", members)).toEqual({
    code: 0,
    stdout: "1 voter https://10.0.0.1:2380 etcd-0\n2 learner https://10.0.0.3:2380 \n",
    stderr: "",
  });
});

it("fails for an answer that is no list", () => {
  node.write("run/members", "");
  expect(run("etcd_members https://10.0.0.1:2379").code).not.toBe(0);
});

it("passes certificates by their paths, with every request", () => {
  const curl = 'curl() { record curl "$@"; }';
  node.run(scripts, "etcd_call https://10.0.0.2:2379 cluster/member/remove '{}'", certificates, curl);
  expect(node.calls).toEqual([
    "curl --silent --show-error --fail-with-body --connect-timeout 3 --max-time 10 --cacert /etc/pki/ca.crt --cert /etc/pki/server.crt " +
      "--key /etc/pki/server.key --data {} https://10.0.0.2:2379/v3/cluster/member/remove",
  ]);
});

it("retries a call that etcd refuses for now", () => {
  node.write("run/refusals", "once\ntwice\n");
  expect(run('etcd_retry 10 https://10.0.0.2:2379 cluster/member/promote \'{"ID": "7"}\'')).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(['cluster/member/promote {"ID": "7"}']);
});

it("gives up at the deadline, with etcd's reason", () => {
  node.write("run/refusals", "always\n".repeat(100));
  expect(run("etcd_retry 1 https://10.0.0.2:2379 cluster/member/promote '{}'")).toEqual({
    code: 1,
    stdout: "",
    stderr: 'web-1: failed: etcd at https://10.0.0.2:2379 does not take the call cluster/member/promote: {"message":"unhealthy cluster"}\n',
  });
});

it.each([
  ["its name", member("2", "etcd-1", "10.0.0.9")],
  ["its peer URL", member("2", "old", "10.0.0.1")],
  ["its peer URL without ever having started", member("2", "", "10.0.0.1", { isLearner: true })],
])("removes the member that had %s, through the first endpoint that answers", (_, stale) => {
  const call = "remove_stale_member etcd-1 https://10.0.0.1:2380 https://10.0.0.5:2379 https://10.0.0.2:2379";
  expect(run(call, [member("1", "etcd-0", "10.0.0.2"), stale])).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(['cluster/member/remove {"ID": "2"}']);
});

it("removes no member when the machine was none", () => {
  const call = "remove_stale_member etcd-1 https://10.0.0.1:2380 https://10.0.0.2:2379";
  expect(run(call, [member("1", "etcd-0", "10.0.0.2")])).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(node.calls).toEqual([]);
});

it("fails when no member answers", () => {
  expect(run("remove_stale_member etcd-1 https://10.0.0.1:2380 https://10.0.0.5:2379 https://10.0.0.6:2379")).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "web-1: failed: no member of etcd answers at https://10.0.0.5:2379 https://10.0.0.6:2379, or they have no majority; start them again, or restore a snapshot\n",
  });
});

it("removes the members that are no longer wanted, one after another", () => {
  const members = ["0", "1", "2", "3"].map((key) => member(`id-${key}`, `etcd-${key}`, `10.0.0.${key}`));
  const result = run('remove_members_except "etcd-0 etcd-2" https://10.0.0.2:2379', [...members, member("id-4", "", "10.0.0.4")]);
  expect(result).toEqual({
    code: 0,
    stdout: "",
    stderr:
      "web-1: removed member etcd-1 (id-1) from etcd\nweb-1: removed member etcd-3 (id-3) from etcd\n" +
      "web-1: removed member that never started (id-4) from etcd\n",
  });
  expect(node.calls).toEqual(["id-1", "id-3", "id-4"].map((id) => `cluster/member/remove {"ID": "${id}"}`));
});

it("never removes all members", () => {
  expect(run("remove_members_except '' https://10.0.0.2:2379", [member("1", "etcd-0", "10.0.0.2")])).toMatchObject({
    code: 1,
    stderr: "web-1: failed: all members of etcd would be removed; name those that stay\n",
  });
  expect(node.calls).toEqual([]);
});
