import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { BASTION_MAX_STARTUPS, bastionFiles } from "../../../lib/ssh/bastion.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

const DROP_IN = "etc/ssh/sshd_config.d/00-caravan-bastion.conf";

/** Runs the script on a machine whose sshd has this value of MaxStartups. */
function start(maxStartups: string, stubs = "", forwarding = "allowtcpforwarding local") {
  const files = bastionFiles(22).map((file) => ({ ...file, path: node.folder + file.path }));
  const sshd = `sshd() { record sshd "$@"; [[ $1 == -t ]] || printf '%s\\n' 'port 22' 'maxstartups ${maxStartups}' '${forwarding}' 'disableforwarding no'; }`;
  return node.runNodeScript("bastion", { MAX_STARTUPS: BASTION_MAX_STARTUPS, FILES: encodeNodeFiles(files) }, `${sshd}\n${stubs}`);
}

it("configures sshd for many sessions", () => {
  expect(start("500:30:1000")).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["sshd -t", "sshd -T", "systemctl reload ssh"]);
  expect(node.read(DROP_IN)).toBe(bastionFiles(22)[0]!.content);
});

it("reloads the service by either of its names", () => {
  expect(start("500:30:1000", 'systemctl() { record systemctl "$@"; [[ $2 == sshd ]]; }')).toMatchObject({ code: 0 });
  expect(node.calls.slice(2)).toEqual(["systemctl reload ssh", "systemctl reload sshd"]);
});

it("fails with the reason when sshd does not read the settings, and reloads nothing", () => {
  expect(start("10:30:100")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("its configuration must begin with the line: Include /etc/ssh/sshd_config.d/*.conf\n"),
  });
  expect(node.calls).toEqual(["sshd -t", "sshd -T"]);
});

it("fails with the reason when the image's sshd forbids forwarding all the same", () => {
  expect(start("500:30:1000", "", "allowtcpforwarding no")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("web-1: failed: sshd forbids to forward connections, which is what a bastion is for; "),
  });
  expect(node.calls).not.toContain("systemctl reload ssh");
});

it("reloads nothing when sshd refuses the settings", () => {
  expect(start("500:30:1000", "sshd() { echo 'bad configuration'; return 255; }")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("bad configuration\nweb-1: failed: apply sshd's settings"),
  });
  expect(node.calls).toEqual([]);
});
