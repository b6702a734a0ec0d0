// Automation API script. It creates a temporary cluster, uses it, and destroys it, even after an error.
// Usage: node examples/automation/main.ts STACK_FILE   (a file with the cluster's settings, like stacks/Pulumi.mini.yaml)
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { KubernetesCluster, type KubernetesClusterArgs, prepareRun } from "caravan";
import { parse } from "yaml";

const [, , file = "stacks/Pulumi.mini.yaml"] = process.argv;
const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
const settings = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.split(":").pop(), value]));
const args = settings as unknown as KubernetesClusterArgs;

const stack = await LocalWorkspace.createOrSelectStack({
  projectName: "caravan-automation",
  stackName: "throw-away",
  program: async () => {
    // Inside the program, whose run holds the stack's lock. The workspace reads the state, because it knows the backend.
    await prepareRun("throw-away", args, { readState: () => stack.exportStack() });
    const { kubeconfig, endpoint } = new KubernetesCluster("throw-away", args);
    return { kubeconfig, endpoint };
  },
});

try {
  const { outputs } = await stack.up({ onOutput: (text) => process.stdout.write(text) });
  console.log(`the API of the cluster is at ${outputs.endpoint?.value}`);
  kubectl(outputs.kubeconfig?.value, "wait", "--for=condition=Ready", "nodes", "--all", "--timeout=180s");
  kubectl(outputs.kubeconfig?.value, "get", "nodes");
} finally {
  await stack.destroy({ onOutput: (text) => process.stdout.write(text) });
  await stack.workspace.removeStack("throw-away");
}

/** Runs kubectl with a kubeconfig that is on disk only while it runs, and readable for its owner only. */
function kubectl(kubeconfig: string, ...args: string[]): void {
  const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  try {
    writeFileSync(join(folder, "config"), kubeconfig, { mode: 0o600 });
    execFileSync("kubectl", ["--kubeconfig", join(folder, "config"), ...args], { stdio: "inherit", timeout: 240_000 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
