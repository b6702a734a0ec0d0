import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { BackgroundProcess } from "./background-process.ts";
import { HOLLOW_ANNOTATION } from "./hollow-node.ts";
import { controlPlaneTools } from "./tools.ts";

/** What kwok's own module comes with: pods and nodes that are ready at once, and nodes that send heartbeats as kubelets do. */
const STAGES = ["pod/fast", "node/fast", "node/heartbeat-with-lease"];

/** kubelets work each for itself; kwok's four at a time would be a limit that no cluster has. */
const AT_ONCE = 16;

const CONFIGURATION = {
  apiVersion: "config.kwok.x-k8s.io/v1alpha1",
  kind: "KwokConfiguration",
  options: {
    manageNodesWithAnnotationSelector: Object.entries(HOLLOW_ANNOTATION)
      .map((pair) => pair.join("="))
      .join(","),
    // A kubelet's lease holds for 40 s and is renewed every 10.
    nodeLeaseDurationSeconds: 40,
    podPlayStageParallelism: AT_ONCE,
    nodePlayStageParallelism: AT_ONCE,
    nodeLeaseParallelism: AT_ONCE,
  },
};

/** Starts kwok, which plays the kubelets of all nodes with HOLLOW_ANNOTATION. */
export async function startKwok(kubeconfig: string, dir: string): Promise<{ stop(): Promise<void>; pid: number }> {
  const { executable, stages } = await controlPlaneTools();
  const file = join(dir, "kwok.yaml");
  writeFileSync(file, [stringify(CONFIGURATION), ...STAGES.flatMap((stage) => manifestsIn(join(stages, stage)))].join("---\n"));
  const kwok = new BackgroundProcess("kwok", executable("kwok"), ["--kubeconfig", kubeconfig, "--config", file, "--v", "WARN"], dir);
  return { pid: kwok.pid, stop: () => kwok.stop() };
}

function manifestsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml");
  return names.sort().map((name) => readFileSync(join(folder, name), "utf8"));
}
