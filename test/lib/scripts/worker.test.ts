import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node-files.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

function join(stubs = "") {
  const files = ["join.yaml", "discovery.conf"].map((file) => ({
    path: `${node.folder}/run/caravan/${file}`,
    mode: "0600",
    content: "node: @NODE_NAME@\n",
  }));
  return node.runNodeScript("worker", { FILES: encodeNodeFiles(files) }, stubs);
}

it("joins, and takes the credential away", () => {
  const kubeadm = 'kubeadm() { record kubeadm "$@"; cp -r /run/caravan /run/seen; }';
  expect(join(kubeadm)).toEqual({ code: 0, stdout: "", stderr: "web-1: kubeadm join (0 s)\n" });
  expect(node.calls).toEqual(["kubeadm join --config /run/caravan/join.yaml"]);
  expect(node.read("run/seen/join.yaml")).toBe("node: web-1\n");
  expect([node.has("run/caravan/join.yaml"), node.has("run/caravan/discovery.conf")]).toEqual([false, false]);
});

it("takes the credential away when the join fails, too", () => {
  expect(join("kubeadm() { echo 'no API'; return 1; }")).toEqual({
    code: 1,
    stdout: "",
    stderr: "no API\nweb-1: failed: kubeadm join, after 0 s; its last lines are above\n",
  });
  expect([node.has("run/caravan/join.yaml"), node.has("run/caravan/discovery.conf")]).toEqual([false, false]);
});

it("leaves a node alone, and only sees that it runs", () => {
  node.write("etc/kubernetes/kubelet.conf");
  expect(join()).toEqual({ code: 0, stdout: "", stderr: "web-1: is a node already\n" });
  expect(node.calls).toEqual(["systemctl start kubelet"]);
});

it("clears a join that was interrupted before it joins", () => {
  node.write("etc/kubernetes/pki/ca.crt");
  expect(join()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["kubeadm reset --force", "kubeadm join --config /run/caravan/join.yaml"]);
});
