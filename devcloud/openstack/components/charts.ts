import { join } from "node:path";
import { dataDir } from "../../support/paths.ts";
import type { Component } from "../component.ts";

/** Folder that the Helm chart repository serves. */
export const chartsDir = join(dataDir, "charts");

/** URL of the chart repository, inside the cloud's network. */
export const chartsUrl = "http://127.0.0.1:8879";

/** Static Helm chart repository for machines without internet. */
export const charts: Component = {
  packages: ["python3"],
  services: [
    {
      name: "charts",
      stage: "base",
      port: 8879,
      command: ["python3", "-m", "http.server", "8879", "--bind", "127.0.0.1", "--directory", chartsDir],
    },
  ],
};
