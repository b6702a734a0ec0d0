import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repositoryDir } from "../devcloud/support/paths.ts";
import { type CommandFailed, run } from "../devcloud/support/run.ts";
import { findOldNode, objectionTo } from "./support/old-node.ts";
import { installExample } from "./support/packed.ts";

const folder = mkdtempSync(join(tmpdir(), "caravan-package-"));

beforeAll(() => installExample("import", folder), 400_000);
afterAll(() => rmSync(folder, { recursive: true }));

it("type-checks in another project", async () => {
  await run(join(repositoryDir, "node_modules", ".bin", "tsc"), [], { cwd: folder, deadline: 120 });
}, 150_000);

it("runs as plain JavaScript in another project, and reads its scripts from the package", async () => {
  writeFileSync(join(folder, "plan.mjs"), PLAN);
  const output = await run(join(repositoryDir, "node_modules", ".bin", "node"), ["plan.mjs"], { cwd: folder, deadline: 120 });
  expect(JSON.parse(output)).toEqual({
    commands: ["contact", "default-contact-0", "default-join-0", "kubeadm", "leftovers", "members", "network-leftovers"],
  });
}, 150_000);

const old = findOldNode();

it.skipIf(old === undefined)(
  "says in one sentence what an older Node.js is to be replaced by, before anything is made",
  async () => {
    writeFileSync(join(folder, "old.mjs"), PLAN);
    const failure = await run(old!.path, ["old.mjs"], { cwd: folder, deadline: 120 }).catch((error: CommandFailed) => error.output);
    expect(failure.match(/^Error: .*$/gm)).toEqual([`Error: ${objectionTo(old!)}`]);
  },
  150_000,
);

/** A program that a user could write, against mocks: it prints the commands of a small cluster. */
const PLAN = `
import * as pulumi from "@pulumi/pulumi";
import { KubernetesCluster } from "caravan";

const commands = [];
const contacted = ["control-plane-0", "default-0", "default-1"].map((node) => JSON.stringify({ id: "demo-" + node, hostKey: "ssh-ed25519 AAAA" }));
await pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }) => {
    if (type.startsWith("command:")) commands.push(name.replace(/^demo-(control-plane-)?(0-)?/, ""));
    return { id: name, state: { ...inputs, output: inputs.input, stdout: contacted.join("\\n"), allFixedIps: ["10.40.0.10"] } };
  },
  call: ({ inputs }) => ({ id: "id", ...inputs }),
});
const machine = { image: "node", flavor: "small" };
new KubernetesCluster("demo", {
  network: { externalNetwork: "public", cidr: "10.40.0.0/16" },
  apiEndpoint: { type: "floatingIp", allowedCidrs: ["198.51.100.0/24"] },
  controlPlane: { machine },
  pools: { default: { count: 2, machine } },
});
await pulumi.runtime.waitForRPCs();
console.log(JSON.stringify({ commands: commands.sort() }));
`;
