import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { command } from "./support/command.ts";
import { repositoryDir } from "./support/repository.ts";

const RULES = ".dependency-cruiser.mjs";

/** Tree that breaks one rule: the imports of each file, and the import that breaks the rule. */
interface Broken {
  files: Record<string, string[]>;
  violation: [from: string, to: string];
}

const BROKEN: Record<string, Broken> = {
  "no-circles": {
    files: { "test/a.ts": ["./b.ts"], "test/b.ts": ["./c.ts"], "test/c.ts": ["./a.ts"] },
    violation: ["test/a.ts", "test/b.ts"],
  },
  "lib-is-pure": {
    files: { "lib/a.ts": ["../clients/b.ts", "@pulumi/pulumi"], "clients/b.ts": [] },
    violation: ["lib/a.ts", "clients/b.ts"],
  },
  "clients-know-no-cluster": {
    files: { "clients/a.ts": ["../lib/c.ts", "@pulumi/pulumi"], "lib/c.ts": [] },
    violation: ["clients/a.ts", "node_modules/@pulumi/pulumi/index.js"],
  },
  "operations-make-no-resources": {
    files: { "operations/a.ts": ["../clients/c.ts", "@pulumi/pulumi", "@pulumi/openstack"], "clients/c.ts": [] },
    violation: ["operations/a.ts", "node_modules/@pulumi/openstack/index.js"],
  },
  "commands-make-no-resources": {
    files: { "commands/a.ts": ["../operations/c.ts", "../components/d.ts"], "operations/c.ts": [], "components/d.ts": [] },
    violation: ["commands/a.ts", "components/d.ts"],
  },
  "fleet-by-the-public-face": {
    files: { "fleet/a.ts": ["../components/index.ts", "../operations/b.ts"], "components/index.ts": [], "operations/b.ts": [] },
    violation: ["fleet/a.ts", "operations/b.ts"],
  },
  "library-without-fleet": {
    files: { "operations/a.ts": ["../fleet/b.ts"], "fleet/b.ts": [] },
    violation: ["operations/a.ts", "fleet/b.ts"],
  },
  "fleet-rules-are-pure": {
    files: {
      "fleet/rules/a.ts": ["../crds/kinds/b.ts", "../api/c.ts"],
      "fleet/crds/kinds/b.ts": ["@pulumi/pulumi"],
      "fleet/api/c.ts": [],
    },
    violation: ["fleet/rules/a.ts", "fleet/api/c.ts"],
  },
  "private-parts": {
    files: {
      "components/pool.ts": ["./pool/part.ts", "./shared/part.ts"],
      "components/pool/part.ts": ["./other.ts"],
      "components/pool/other.ts": [],
      "components/shared/part.ts": ["../pool/other.ts"],
      "test/components/pool.test.ts": ["../../components/pool/part.ts"],
    },
    violation: ["components/shared/part.ts", "components/pool/other.ts"],
  },
  "product-alone": {
    files: { "examples/a.ts": ["../components/index.ts", "../test/b.ts"], "components/index.ts": [], "test/b.ts": [] },
    violation: ["examples/a.ts", "test/b.ts"],
  },
  "no-development-packages": {
    files: { "components/a.ts": ["vitest", "@pulumi/openstack"], "test/a.ts": ["vitest"] },
    violation: ["components/a.ts", "node_modules/vitest/index.js"],
  },
  "declared-packages": {
    files: { "test/a.ts": ["undeclared", "vitest"] },
    violation: ["test/a.ts", "node_modules/undeclared/index.js"],
  },
  "cloud-alone": {
    files: { "devcloud/a.ts": ["./c.ts", "../lib/b.ts"], "devcloud/c.ts": [], "lib/b.ts": [] },
    violation: ["devcloud/a.ts", "lib/b.ts"],
  },
  "library-tests-need-no-cloud": {
    files: { "test/package.test.ts": ["../devcloud/b.ts"], "test/engine/a.test.ts": ["../../devcloud/b.ts"], "devcloud/b.ts": [] },
    violation: ["test/package.test.ts", "devcloud/b.ts"],
  },
  "test-bed-parts": {
    files: {
      "test/hollow-nodes/a.ts": ["./c.ts", "../engine/b.ts"],
      "test/hollow-nodes/c.ts": [],
      "test/engine/b.ts": [],
      "test/measurements/d.ts": ["../engine/b.ts", "../hollow-nodes/c.ts"],
    },
    violation: ["test/hollow-nodes/a.ts", "test/engine/b.ts"],
  },
};

const PACKAGES = ["@pulumi/openstack", "@pulumi/pulumi", "undeclared", "vitest"];
const MANIFEST = { dependencies: { "@pulumi/openstack": "1.0.0", "@pulumi/pulumi": "1.0.0" }, devDependencies: { vitest: "1.0.0" } };

/** Makes a tree with its own rules and packages, and returns its folder. */
function treeOf(imports: Broken["files"]): string {
  const dir = mkdtempSync(join(tmpdir(), "caravan-structure-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  };
  cpSync(join(repositoryDir, RULES), join(dir, RULES));
  write("tsconfig.json", JSON.stringify({ compilerOptions: { module: "nodenext", allowImportingTsExtensions: true, noEmit: true } }));
  write("package.json", JSON.stringify(MANIFEST));
  for (const name of PACKAGES) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    write(`node_modules/${name}/index.js`, "");
  }
  for (const [file, targets] of Object.entries(imports)) write(file, targets.map((target) => `import "${target}";\n`).join(""));
  return dir;
}

/** Runs the rules on a tree, and returns the rule, file and target of each violation. */
async function violationsIn(dir: string, folders: readonly string[]): Promise<string[][]> {
  const depcruise = join(repositoryDir, "node_modules", ".bin", "depcruise");
  // With JSON output, violations are no failure.
  const output = await command(depcruise, ["--config", RULES, "--output-type", "json", ...folders], { cwd: dir, seconds: 50 });
  const { violations } = JSON.parse(output).summary as { violations: { rule: { name: string }; from: string; to: string }[] };
  return violations.map(({ rule, from, to }) => [rule.name, from, to]);
}

it("has a tree for each rule", async () => {
  const { default: rules } = await import(pathToFileURL(join(repositoryDir, RULES)).href);
  expect(rules.forbidden.map(({ name }: { name: string }) => name)).toEqual(Object.keys(BROKEN));
});

it.each(Object.entries(BROKEN))("finds the import that breaks %s, and no other", async (rule, { files, violation }) => {
  const folders = [...new Set(Object.keys(files).map((file) => file.split("/")[0]!))];
  expect(await violationsIn(treeOf(files), folders)).toEqual([[rule, ...violation]]);
});

it("checks all folders with code", () => {
  const run = readFileSync(join(repositoryDir, "test", "run.ts"), "utf8");
  const [, checked = ""] = new RegExp(`"${RULES}",([^\\]]*)\\]`).exec(run) ?? [];
  const { include } = JSON.parse(readFileSync(join(repositoryDir, "tsconfig.json"), "utf8")) as { include: string[] };
  const folders = include.filter((entry) => /^[a-z]+$/.test(entry));
  expect([...checked.matchAll(/"(\w+)"/g)].map(([, folder]) => folder).sort()).toEqual(folders.sort());
});

it("has one version of a package in all workspaces", () => {
  const manifestOf = (folder: string) => JSON.parse(readFileSync(join(repositoryDir, folder, "package.json"), "utf8"));
  const { workspaces, dependencies, devDependencies } = manifestOf(".");
  const versions = { ...dependencies, ...devDependencies };
  const others = workspaces.flatMap((folder: string) => {
    const { dependencies = {}, devDependencies = {} } = manifestOf(folder);
    return Object.entries({ ...dependencies, ...devDependencies }).filter(([name, version]) => (versions[name] ?? version) !== version);
  });
  expect(others).toEqual([]);
});
