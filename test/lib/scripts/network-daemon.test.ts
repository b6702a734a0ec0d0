import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("etc/systemd/networkd.conf.d/90-caravan.conf", "[Network]\nManageForeignRoutingPolicyRules=no\n");
});
afterEach(() => node.remove());

const script = `${readScript("common.sh")}\n${readScript("network-daemon.sh")}`;
const keep = (stubs = "") => expect(node.run(script, "keep_pod_routes", {}, stubs)).toMatchObject({ code: 0, stderr: "" });
const ASKED = "systemctl is-active --quiet systemd-networkd";
const RESTARTED = "systemctl restart systemd-networkd";

it("restarts systemd-networkd once with the settings, and again when they change", () => {
  keep();
  keep();
  expect(node.calls).toEqual([ASKED, RESTARTED, ASKED]);
  node.write("etc/systemd/networkd.conf.d/90-caravan.conf", "[Network]\n");
  keep();
  expect(node.calls.slice(3)).toEqual([ASKED, RESTARTED]);
});

it("restarts it in the run after one that was interrupted before", () => {
  node.run(script, "keep_pod_routes", {}, "systemctl() { [[ $1 == is-active ]]; }");
  keep();
  expect(node.calls).toContain(RESTARTED);
});

it("does nothing where another program manages the network", () => {
  keep('systemctl() { record systemctl "$@"; false; }');
  expect(node.calls).toEqual([ASKED]);
});

it("does not restart it where the image has these settings", () => {
  node.write("etc/systemd/networkd.conf.d/10-image.conf", "[Network]\nManageForeignRoutingPolicyRules=no\n");
  keep();
  expect(node.calls).toEqual([ASKED]);
});
