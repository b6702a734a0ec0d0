import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

/** Waits for the first boot. `state` is that of cloud-init's last service. */
function wait(state = "ActiveState=activating\nLoadState=loaded") {
  const stubs = `sleep() { SECONDS=$((SECONDS + 100)); }\nsystemctl() { echo '${state}'; }`;
  const script = `${readScript("common.sh")}\n${readScript("first-boot.sh")}`;
  // The script's folders are moved, but this one is named without a slash at its end.
  return node.run(script.replaceAll("-d /run/cloud-init ", `-d ${node.folder}/run/cloud-init `), "await_first_boot", {}, stubs);
}

const FINE = { code: 0, stdout: "", stderr: "" };

it("waits for nothing on a machine without cloud-init", () => {
  expect(wait()).toEqual(FINE);
});

it.each([
  ["has ended", "result.json", '{\n "v1": {\n  "errors": []\n }\n}\n'],
  ["is disabled, or found no metadata", "disabled", ""],
])("goes on where cloud-init %s", (_, file, content) => {
  node.write(`run/cloud-init/${file}`, content);
  expect(wait()).toEqual(FINE);
});

it.each(["ActiveState=failed\nLoadState=loaded", "ActiveState=inactive\nLoadState=masked"])(
  "goes on where its last service is %s",
  (state) => {
    node.write("run/cloud-init/enabled");
    expect(wait(state)).toEqual(FINE);
  },
);

it("logs that cloud-init had errors, without their text", () => {
  node.write("run/cloud-init/result.json", '{\n "v1": {\n  "errors": [\n   "a secret"\n  ]\n }\n}\n');
  expect(wait()).toEqual({ ...FINE, stderr: "web-1: cloud-init had errors in its first boot, see /var/log/cloud-init.log there\n" });
});

it("fails when cloud-init does not end", () => {
  node.write("run/cloud-init/enabled");
  expect(wait()).toEqual({
    ...FINE,
    code: 1,
    stderr: "web-1: failed: timed out after 300 s waiting for the end of cloud-init's first boot\n",
  });
});
