import { defineConfig } from "vitest/config";

/** Tests of the library import nothing of the embedded cloud: `vitest run --project library` needs none of its packages. */
const PROJECTS = {
  library: ["test/*.test.ts", "test/{lib,clients,operations,commands,components,stacks,docs,fleet}/**/*.test.ts"],
  engine: ["test/engine/**/*.test.ts"],
  "test-bed": ["test/{fake-openstack,hollow-nodes,measurements}/**/*.test.ts"],
  devcloud: ["test/devcloud/**/*.test.ts"],
};

export default defineConfig({
  test: {
    // The SDKs take seconds to load: once for each worker, not for each file.
    isolate: false,
    testTimeout: 60_000,
    projects: Object.entries(PROJECTS).map(([name, include]) => ({ extends: true, test: { name, include } })),
  },
});
