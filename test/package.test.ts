import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { command } from "./support/command.ts";
import { findOldNode, objectionTo } from "./support/old-node.ts";
import { installExample } from "./support/packed.ts";
import { repositoryDir } from "./support/repository.ts";

/** Limit of the tarball in bytes. */
const MOST_BYTES = 600_000;

vi.setConfig({ testTimeout: 150_000, hookTimeout: 400_000 });

const folder = mkdtempSync(join(tmpdir(), "caravan-package-"));
let tarball: string;

beforeAll(async () => {
  tarball = await installExample("import", folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs one of this project's programs where the package is installed. */
const tool = (name: string, ...args: string[]) =>
  command(join(repositoryDir, "node_modules", ".bin", name), args, { cwd: folder, seconds: 120 });
const write = (name: string, content: string) => writeFileSync(join(folder, name), content);

it("contains the compiled code, the scripts, the changes and the licence, and is small", async () => {
  const files = (await command("tar", ["--list", "--file", tarball], { cwd: folder, seconds: 20 })).trim().split("\n");
  const entries = new Set(files.map((file) => /^package\/((?:dist\/)?[^/]*)/.exec(file)?.[1]));
  expect([...entries].sort()).toEqual([
    "CHANGES.md",
    "LICENSE",
    "README.md",
    "dist/clients",
    "dist/commands",
    "dist/components",
    "dist/lib",
    "dist/operations",
    "package.json",
  ]);
  const kinds = new Set(files.filter((file) => file.startsWith("package/dist/")).map((file) => /(?<=\w)\..*$/.exec(file)?.[0]));
  expect([...kinds].sort()).toEqual([".d.ts", ".js", ".mjs", ".py", ".schema.json", ".sh"]);
  expect(statSync(tarball).size).toBeLessThan(MOST_BYTES);
});

it("depends on the packages that it imports, and no others", () => {
  const installed = join(folder, "node_modules", "caravan");
  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const files = globSync("dist/**/*.{js,d.ts}", { cwd: installed }).map((file) => readFileSync(join(installed, file), "utf8"));
  const packages = files.flatMap((text) => [...text.matchAll(IMPORT)].map(([, name]) => name));
  expect([...new Set(packages)].sort()).toEqual(Object.keys(dependencies));
  expect(Object.keys(dependencies)).toEqual([
    "@peculiar/x509",
    "@pulumi/command",
    "@pulumi/kubernetes",
    "@pulumi/openstack",
    "@pulumi/pulumi",
    "fflate",
    "reflect-metadata",
    "yaml",
    "zod",
  ]);
});

it("has the arguments of a cluster as JSON Schema", async () => {
  write(
    "schema.mjs",
    'import schema from "caravan/cluster.schema.json" with { type: "json" };\nconsole.log(JSON.stringify(schema.required));',
  );
  expect(JSON.parse(await tool("node", "schema.mjs"))).toEqual(["network", "apiEndpoint", "controlPlane"]);
});

it("has the command caravan", async () => {
  const output = await command(join(folder, "node_modules", ".bin", "caravan"), ["--help"], { cwd: folder, seconds: 60 });
  expect(output).toMatch(/^caravan COMMAND \[options\]\n\n {2}health /);
});

it("type-checks in a copied example", () => tool("tsc"));

/**
 * Compiler options and file by kind of program. The last is Pulumi's default for TypeScript, and checks the package's own declarations as
 * well. TypeScript's resolution "classic" finds no package at all.
 */
const KINDS = {
  "an ES module": ["--module nodenext --skipLibCheck", "program.mts"],
  "a CommonJS module": ["--module nodenext --skipLibCheck", "program.cts"],
  "a CommonJS module with resolution as of Node.js 10": ["--module commonjs --moduleResolution node10", "program.cts"],
} as const;

it.each(Object.entries(KINDS))("type-checks in %s", async (_, [options, file]) => {
  write(file, TYPED);
  await tool("tsc", "--noEmit", "--strict", "--target", "es2022", ...options.split(" "), file);
});

it("runs as plain JavaScript in another project, and reads its scripts from the package", async () => {
  write("plan.mjs", PLAN);
  expect(JSON.parse(await tool("node", "plan.mjs"))).toEqual({ commands: COMMANDS });
});

it("runs in a CommonJS program", async () => {
  const required = PLAN.replaceAll(/import (?:\* as )?(.*) from (.*);/g, "const $1 = require($2);");
  write("plan.cjs", `(async () => {${required}})();`);
  expect(JSON.parse(await tool("node", "plan.cjs"))).toEqual({ commands: COMMANDS });
});

const old = findOldNode();

it.skipIf(old === undefined)("tells users of an older Node.js which version they need, before anything is created", async () => {
  write("old.mjs", PLAN);
  const failure = await command(old!.path, ["old.mjs"], { cwd: folder, seconds: 120 }).catch((error: Error) => error.message);
  expect(failure.match(/^Error: .*$/gm)).toEqual([`Error: ${objectionTo(old!)}`]);
});

/** Name of a package in an import. */
const IMPORT = /(?:from|import|import\() ?"((?:@[^/"]+\/)?[a-z][^:/"]*)[^:"]*"/g;

/** Commands of a small cluster. */
const COMMANDS = ["contact", "default-contact-0", "default-join-0", "kubeadm", "leftovers", "members", "network-leftovers"];

/** Program that requires the package's types: the line marked as an error would have none without them. */
const TYPED = `
import * as pulumi from "@pulumi/pulumi";
import { KubernetesCluster } from "caravan";

export function kubeconfigOf(cluster: KubernetesCluster): pulumi.Output<string> {
  return cluster.kubeconfig;
}
// @ts-expect-error
new KubernetesCluster(1);
`;

/** Program that a user could write, against mocks. It prints the commands of a small cluster. */
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
