import { defineConfig } from "vitest/config";

const MINUTE = 60_000;

// Scenarios share one machine and one cloud: one after another, each with its own stack.
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 15 * MINUTE,
    hookTimeout: 15 * MINUTE,
  },
});
