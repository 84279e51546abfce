import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/global-setup.ts"],
    setupFiles: ["test/no-network.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // The counts of a run, for .ci/run.
    reporters: process.env.CI === undefined ? ["default"] : ["default", ["json", { outputFile: ".local/tests.json" }]],
    coverage: {
      provider: "v8",
      include: ["cli/**", "dev/**", "functions/**", "shared/**"],
      reporter: ["text-summary", "html"],
      thresholds: {
        "shared/core/**": { branches: 100 },
      },
    },
  },
});
