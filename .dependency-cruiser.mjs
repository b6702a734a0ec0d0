import { existsSync, readdirSync } from "node:fs";

/** Packages that a folder's package.json does not have. */
const UNDECLARED = ["npm-no-pkg", "npm-unknown", "unknown", "undetermined"];

/** Folders whose files only one component may import: that of the same name beside it, and they themselves. */
const components = new URL("components/", import.meta.url);
const names = existsSync(components) ? readdirSync(components) : [];
const PRIVATE = `^components/(${names.filter((name) => names.includes(`${name}.ts`)).join("|")})/`;

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-circles",
      comment: "Two files that import each other are one file, or hide a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "lib-is-pure",
      comment: "lib/ makes no resource and no request: it imports nothing of the project but itself, and of Pulumi only its values.",
      severity: "error",
      from: { path: "^lib/" },
      to: { path: "^(clients|operations|commands|components|stacks)/|node_modules/@pulumi/(?!pulumi/)" },
    },
    {
      name: "clients-know-no-cluster",
      comment: "clients/ speak to OpenStack and to Kubernetes, whatever the questions are about.",
      severity: "error",
      from: { path: "^clients/" },
      to: { path: "^(operations|commands|components|stacks)/|node_modules/@pulumi/" },
    },
    {
      name: "operations-make-no-resources",
      comment: "operations/ act on a cloud or a cluster from outside of the plan. Components may call them, not the other way round.",
      severity: "error",
      from: { path: "^operations/" },
      to: { path: "^(commands|components|stacks)/|node_modules/@pulumi/(?!pulumi/)" },
    },
    {
      name: "commands-make-no-resources",
      comment:
        "commands/ call operations for people at a shell. They run no program, so they need no component and start without Pulumi's SDK.",
      severity: "error",
      from: { path: "^commands/" },
      to: { path: "^(components|stacks)/|node_modules/@pulumi/" },
    },
    {
      name: "fleet-by-the-public-face",
      comment: "fleet/ is a package of its own, which uses the library as its users do.",
      severity: "error",
      from: { path: "^fleet/" },
      to: { path: "^(lib|clients|operations|commands|components|stacks)/", pathNot: "^components/index\\.ts$" },
    },
    {
      name: "library-without-fleet",
      comment: "The library knows nothing of who uses it.",
      severity: "error",
      from: { path: "^(lib|clients|operations|commands|components|stacks|examples)/" },
      to: { path: "^fleet/" },
    },
    {
      name: "fleet-rules-are-pure",
      comment: "fleet/rules/ decide from what they are given: they ask nobody and start nothing.",
      severity: "error",
      from: { path: "^fleet/rules/" },
      to: { path: "^fleet/(?!rules/|crds/kinds/)|^components/|node_modules/" },
    },
    {
      name: "private-parts",
      comment: "What lies in a component's folder belongs to that component alone.",
      severity: "error",
      from: { path: "^(?!test/)(?:components/)?(.+?)(?:\\.ts$|/)" },
      to: { path: PRIVATE, pathNot: "^components/$1/" },
    },
    {
      name: "product-alone",
      comment: "The library needs neither the embedded OpenStack nor the tests.",
      severity: "error",
      from: { path: "^(lib|clients|operations|commands|components|stacks|examples|fleet)/" },
      to: { path: "^(docs|devcloud|test)/" },
    },
    {
      name: "no-development-packages",
      comment: "Who installs the library has its dependencies only.",
      severity: "error",
      from: { path: "^(lib|clients|operations|commands|components)/" },
      to: { dependencyTypes: ["npm-dev", ...UNDECLARED] },
    },
    {
      name: "declared-packages",
      comment: "What is not published is installed by its own package.json as well.",
      severity: "error",
      from: { path: "^(stacks|docs|devcloud|fleet|test)/" },
      to: { dependencyTypes: UNDECLARED },
    },
    {
      name: "cloud-alone",
      comment: "The embedded OpenStack is a cloud like others: it knows nothing of the library.",
      severity: "error",
      from: { path: "^devcloud/" },
      to: { path: "^(lib|clients|operations|commands|components|stacks|examples|fleet|docs|test)/" },
    },
    {
      name: "library-tests-need-no-cloud",
      comment:
        "The library's own tests run without the embedded OpenStack and its packages; those that need Pulumi's engine are in test/engine/.",
      severity: "error",
      from: {
        path: "^test/(lib|clients|operations|commands|components|stacks|docs|fleet|support|fake-openstack)/|^test/[^/]+\\.test\\.ts$",
      },
      to: { path: "^devcloud/|^test/(devcloud|engine|e2e|hollow-nodes|measurements)/" },
    },
    {
      name: "test-bed-parts",
      comment: "Hollow nodes and stacks of the engine know neither each other nor who measures with them.",
      severity: "error",
      from: { path: "^test/(hollow-nodes|engine)/" },
      to: { path: "^test/(hollow-nodes|engine|measurements|e2e|devcloud)/", pathNot: "^test/$1/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".mjs", ".json"] },
  },
};
