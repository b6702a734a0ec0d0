import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fanOutInput } from "../../../lib/ssh/fan-out.ts";
import type { FanOutOrder } from "../../../lib/ssh/fan-out-order.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import { machineReports } from "../../../operations/health/machine-reports.ts";
import type { StateResource } from "../../../operations/state/stack-state.ts";
import { freePort } from "../../support/free-port.ts";
import { SshServer } from "../../support/ssh-server.ts";
import { resource, urnOf } from "../../support/stack-state.ts";

const folder = mkdtempSync(join(tmpdir(), "machine-reports-"));
const { privateKey, publicKey } = createSshKey("test");
let server: SshServer;

beforeAll(async () => {
  // In place of the script, which would report on this machine.
  const answer = `ForceCommand cat >${folder}/input; echo 'etcd etcd maintenance/status {"leader": "1"}'`;
  const settings = { folder: join(folder, "sshd"), address: "127.0.0.1", port: await freePort(), publicKey };
  server = await SshServer.start({ ...settings, settings: [answer] });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Makes the command that runs on the first of a component's machines. */
function members(component: string, hosts: NonNullable<FanOutOrder["afterwards"]>["hosts"], rest: object = {}): StateResource {
  const task = { command: "exit 1", script: "", input: "", deadline: 1 };
  const order = { ssh: { user: "root", port: server.port, privateKey }, hosts: [], afterwards: { ...task, hosts } };
  const stdin = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: JSON.stringify(fanOutInput(order)) };
  return { ...resource("Command", "demo-members"), parent: urnOf(component, "demo"), inputs: { stdin }, ...rest };
}

it("asks control planes and machines of etcd as the stack's commands reach them, each once", async () => {
  const host = (name: string, changes: object = {}) => ({
    name,
    id: `id-${name}`,
    address: server.address,
    hostKey: server.hostKey,
    ...changes,
  });
  const resources = [
    members("ControlPlane", [
      host("cp-0"),
      host("cp-1", { address: "127.0.0.9" }),
      host("cp-2"),
      host("cp-3", { hostKey: "ssh-ed25519 AAAA" }),
    ]),
    members("EtcdCluster", [host("etcd-0")]),
    members("NodePool", [host("cp-0")]),
    members("ControlPlane", [], { inputs: { stdin: "somebody else's" } }),
    resource("Stash", "demo-pki-cluster"),
  ];
  const ids = new Set(["id-cp-0", "id-cp-1", "id-cp-3", "id-etcd-0"]);
  const answered = { value: { etcds: [{ etcd: "etcd", hasLeader: true, alarms: [], members: [] }], certificates: [] } };
  const reports = await machineReports(resources, ids);
  expect(reports).toEqual([
    { machine: "cp-0", report: answered },
    { machine: "cp-1", report: { unknown: expect.stringMatching(/^no SSH within 0 s: .*Connection refused/) } },
    { machine: "cp-3", report: { unknown: expect.stringMatching(/^refused: its SSH host key is not the one/) } },
    { machine: "etcd-0", report: answered },
  ]);
  expect(JSON.stringify(reports)).not.toContain(privateKey.split("\n")[1]);
});
