/** A folder whose files only one component may import: that of the same name beside it, and they themselves. */
const PRIVATE = "^components/(api-endpoint|cilium-network|control-plane|etcd-cluster|kubernetes-cluster|node-pool)/";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-circles",
      comment: "Two files that import each other are one file, or hide a third.",
      severity: "error",
      from: { path: "^(lib|clients|operations|components|stacks)/" },
      to: { circular: true },
    },
    {
      name: "lib-is-pure",
      comment: "lib/ makes no resource and no request: it imports nothing of the project but itself, and of Pulumi only its values.",
      severity: "error",
      from: { path: "^lib/" },
      to: { path: "^(clients|operations|components|stacks)/|node_modules/@pulumi/(?!pulumi/)" },
    },
    {
      name: "clients-know-no-cluster",
      comment: "clients/ speak to OpenStack and to Kubernetes, whatever the questions are about.",
      severity: "error",
      from: { path: "^clients/" },
      to: { path: "^(operations|components|stacks)/|node_modules/@pulumi/" },
    },
    {
      name: "operations-make-no-resources",
      comment: "operations/ act on a cloud or a cluster from outside of the plan. Components may call them, not the other way round.",
      severity: "error",
      from: { path: "^operations/" },
      to: { path: "^(components|stacks)/|node_modules/@pulumi/(?!pulumi/)" },
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
      from: { path: "^(lib|clients|operations|components|stacks|examples)/" },
      to: { path: "^(devcloud|test)/" },
    },
    {
      name: "no-development-packages",
      comment: "Who installs the library has its dependencies only.",
      severity: "error",
      from: { path: "^(lib|clients|operations|components)/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown", "undetermined"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".mjs", ".json"] },
  },
};
