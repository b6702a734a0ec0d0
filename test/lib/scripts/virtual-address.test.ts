import { afterEach, beforeEach, expect, it } from "vitest";
import { virtualAddressFiles } from "../../../lib/control-plane/virtual-address.ts";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

const DEFINITIONS = ["common.sh", "packages.sh", "virtual-address.sh"].map(readScript).join("\n");
const HAPROXY = "etc/haproxy/haproxy.cfg";
const KEEPALIVED = "etc/keepalived/keepalived.conf";

/** Stubs of a machine with one interface, ens3. A service is active once it was started, and the address is held at once. */
const commands = `
SETTINGS=/etc/kubernetes/caravan
ip() { [[ $6 != "$NODE_ADDRESS" ]] || echo "2: ens3    inet $NODE_ADDRESS/16 brd 10.40.255.255 scope global ens3"; }
haproxy() { :; }
keepalived() { :; }
virtual_address_answers() { :; }
systemctl() {
  record systemctl "$@"
  case "$*" in
    *is-active*) [[ -e /run/active-\${!#} ]] ;;
    *restart*) touch "/run/active-\${!#}" ;;
  esac
}`;

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  writeSettings(["10.40.0.19", "10.40.0.20", "10.40.0.200"]);
  for (const file of [HAPROXY, KEEPALIVED]) node.write(file, "what the package brought\n");
});
afterEach(() => node.remove());

function writeSettings(peers: string[]): void {
  for (const { path, content } of virtualAddressFiles({ address: "10.40.0.5", port: 8443, peers, password: "password" }))
    node.write(path, content);
}

function start(address = "10.40.0.5:8443", stubs = "") {
  return node.run(DEFINITIONS, "start_virtual_address", { VIRTUAL_ADDRESS: address }, `${commands}\n${stubs}`);
}

it("does nothing in a cluster without a virtual address", () => {
  expect(start("")).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([]);
});

it("starts both services with their settings, and at each boot", () => {
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([
    "systemctl --quiet enable haproxy",
    "systemctl reload-or-restart haproxy",
    "systemctl --quiet enable keepalived",
    "systemctl reload-or-restart keepalived",
  ]);
  expect(node.read(HAPROXY)).toBe(node.read("etc/kubernetes/caravan/haproxy.cfg"));
  expect([node.mode(HAPROXY), node.mode(KEEPALIVED)]).toEqual(["644", "600"]);
});

it("configures keepalived with the machine's interface, and with the others as its peers", () => {
  start();
  const configuration = node.read(KEEPALIVED);
  expect(configuration).toContain("    interface ens3\n");
  expect(configuration).toContain("    unicast_peer {\n        10.40.0.19\n        10.40.0.200\n    }\n");
});

it("does not restart a service that runs with these settings already", () => {
  start();
  const before = node.calls.length;
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls.slice(before)).toEqual([
    "systemctl --quiet enable haproxy",
    "systemctl --quiet is-active haproxy",
    "systemctl --quiet enable keepalived",
    "systemctl --quiet is-active keepalived",
  ]);
  expect(node.has(`${HAPROXY}.new`)).toBe(false);
});

it("adds a new control plane without an end of connections", () => {
  start();
  const before = node.calls.length;
  writeSettings(["10.40.0.19", "10.40.0.20", "10.40.0.200", "10.40.0.21"]);
  start();
  expect(node.calls.slice(before).filter((call) => call.includes("restart"))).toEqual([
    "systemctl reload-or-restart haproxy",
    "systemctl reload-or-restart keepalived",
  ]);
  expect(node.read(HAPROXY)).toContain("server 10.40.0.21 10.40.0.21:6443\n");
});

it("installs missing packages", () => {
  node.write("etc/os-release", "ID=debian\n");
  const missing = 'command() { [[ $* != "-v keepalived" ]] && builtin command "$@"; }';
  expect(start(undefined, missing)).toMatchObject({ code: 0 });
  expect(node.calls.slice(0, 4).map((call) => call.replace(/--quiet.*confold /, ""))).toEqual([
    "dpkg --configure --pending --force-confdef --force-confold",
    "apt-get update",
    "apt-get install --fix-broken --yes",
    "apt-get install --yes haproxy keepalived",
  ]);
});

it("fails with the reason when no interface has the machine's address", () => {
  expect(start(undefined, "ip() { :; }")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no interface has this machine's address 10.40.0.20"),
  });
});

it("fails with the reason when no control plane holds the address", () => {
  const nobody = 'virtual_address_answers() { return 1; }\nwait_for() { fail "timed out after $1 s waiting for $2"; }';
  expect(start(undefined, nobody)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("timed out after 60 s waiting for the virtual address 10.40.0.5:8443 being held by a control plane"),
  });
});
