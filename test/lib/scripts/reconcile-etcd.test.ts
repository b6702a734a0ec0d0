import { afterEach, beforeEach, expect, it } from "vitest";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

it("removes the members of each etcd that are no longer wanted, and logs the status of the others", () => {
  const member = (key: number) => `{"ID": "${key}", "name": "etcd-${key}", "peerURLs": ["https://10.40.0.2${key}:2380"]}`;
  const curl = `curl() {
    case \${*: -1} in
      */member/list) echo '{"members": [${[0, 1, 2].map(member)}]}' ;;
      */status) echo '{"header": {"member_id": "1"}, "leader": "0", "version": "3.6.8", "dbSize": "3145728", "dbSizeInUse": "1048576"}' ;;
      *) record "$*" ;;
    esac
  }`;
  const instances = "etcd 2379 2380 2381 /var/lib/etcd\ncilium-etcd 2479 2480 2481 /var/lib/cilium-etcd";
  const variables = { PEERS: "10.40.0.20 10.40.0.22", INSTANCES: instances, WANTED_MEMBERS: "etcd-0 etcd-2" };
  expect(node.runNodeScript("reconcileEtcd", variables, curl)).toEqual({
    code: 0,
    stdout: "",
    stderr: ["etcd", "cilium-etcd"]
      .flatMap((name) => [
        `web-1: removed member etcd-1 (1) from etcd\n`,
        ...["10.40.0.20", "10.40.0.22"].map(
          (address) => `web-1: ${name} at ${address}: follower, version 3.6.8, database 3.0 MiB (1.0 MiB in use)\n`,
        ),
      ])
      .join(""),
  });
  expect(node.calls.map((call) => call.replace(/^.* --cacert (\S+) .* (\{.*)$/, "$1 $2"))).toEqual([
    '/etc/kubernetes/pki/etcd/ca.crt {"ID": "1"} https://127.0.0.1:2379/v3/cluster/member/remove',
    '/etc/kubernetes/pki/cilium-etcd/ca.crt {"ID": "1"} https://127.0.0.1:2479/v3/cluster/member/remove',
  ]);
});
