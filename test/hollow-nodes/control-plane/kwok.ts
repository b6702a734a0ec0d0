import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { HOLLOW_ANNOTATION } from "../hollow-node.ts";
import { BackgroundProcess } from "./background-process.ts";
import { userKubeconfig } from "./kubeadm.ts";
import { controlPlaneTools } from "./tools.ts";

/** Stages of kwok's own module: nodes are ready at once and send heartbeats like kubelets, and pods are ready at once. */
const NODE_STAGES = ["node/fast", "node/heartbeat-with-lease"];
const POD_STAGES = "pod/fast";

/**
 * Selectors of these stages' pods in CEL, with the same meaning as kwok's own. Kwok's are in jq, for which it makes JSON of each pod at
 * each event, one after another. So it falls minutes behind a control plane that starts a hundred pods a second. CEL reads pods directly.
 */
const POD_SELECTORS: Record<string, string> = {
  "pod-ready": 'self.status.phase == "Pending" && !has(self.metadata.deletionTimestamp)',
  "pod-delete": "has(self.metadata.deletionTimestamp)",
};

/** Concurrency of kwok. Kubelets work independently, so kwok's default of four would be a limit that no cluster has. */
const AT_ONCE = 16;

const CONFIGURATION = {
  apiVersion: "config.kwok.x-k8s.io/v1alpha1",
  kind: "KwokConfiguration",
  options: {
    manageNodesWithAnnotationSelector: Object.entries(HOLLOW_ANNOTATION)
      .map((pair) => pair.join("="))
      .join(","),
    // A kubelet's lease is valid for 40 s and renewed every 10 s.
    nodeLeaseDurationSeconds: 40,
    podPlayStageParallelism: AT_ONCE,
    nodePlayStageParallelism: AT_ONCE,
    nodeLeaseParallelism: AT_ONCE,
  },
};

interface Stage {
  metadata: { name: string };
  spec: object;
}

/**
 * Groups of kwok's user. It writes the same objects as kubelets, which the audit log omits, but for all nodes, which only an administrator
 * may.
 */
const GROUPS = ["system:nodes", "system:masters"];

/** Starts kwok on the control plane of this machine. It simulates the kubelets of all nodes with HOLLOW_ANNOTATION. */
export async function startKwok(initConfig: string, dir: string): Promise<{ stop(): Promise<void>; pid: number }> {
  const tools = await controlPlaneTools();
  const { executable, stages } = tools;
  const kubeconfig = join(dir, "kwok.conf");
  writeFileSync(kubeconfig, await userKubeconfig(tools, "kwok", GROUPS, initConfig), { mode: 0o600 });
  const file = join(dir, "kwok.yaml");
  const nodeStages = NODE_STAGES.flatMap((stage) => manifestsIn(join(stages, stage)));
  const podStages = manifestsIn(join(stages, POD_STAGES)).flatMap(withSelector);
  writeFileSync(file, [CONFIGURATION, ...nodeStages, ...podStages].map((manifest) => stringify(manifest)).join("---\n"));
  const kwok = new BackgroundProcess("kwok", executable("kwok"), ["--kubeconfig", kubeconfig, "--config", file, "--v", "WARN"], dir);
  return { pid: kwok.pid, stop: () => kwok.stop() };
}

/** Gives a stage its selector in CEL. Stages that no pod reaches are omitted: there are no Jobs here. */
function withSelector(stage: Stage): Stage[] {
  const expression = POD_SELECTORS[stage.metadata.name];
  return expression ? [{ ...stage, spec: { ...stage.spec, selector: { matchExpressions: [{ cel: { expression } }] } } }] : [];
}

function manifestsIn(folder: string): Stage[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml");
  return names.sort().map((name) => parse(readFileSync(join(folder, name), "utf8")));
}
