import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/e2e/**"],
    // The SDKs take seconds to load: once for each worker, not for each file.
    isolate: false,
    testTimeout: 60_000,
  },
});
