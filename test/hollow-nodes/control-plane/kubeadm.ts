import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { run } from "../../../devcloud/support/run.ts";
import type { ControlPlaneTools } from "./tools.ts";

/** Seconds for a phase. */
const DEADLINE = 180;

/** Runs phases of `kubeadm init` one after another. */
export async function kubeadmPhases(tools: ControlPlaneTools, phases: readonly string[], initConfig: string): Promise<void> {
  for (const phase of phases) {
    const command = ["init", "phase", ...phase.split(" "), "--config", initConfig];
    await run(tools.executable("kubeadm"), command, { deadline: DEADLINE });
  }
}

/** Makes a kubeconfig of this control plane for a user in some groups. */
export function userKubeconfig(tools: ControlPlaneTools, user: string, groups: readonly string[], initConfig: string): Promise<string> {
  const command = ["kubeconfig", "user", "--client-name", user, "--org", groups.join(","), "--config", initConfig];
  return run(tools.executable("kubeadm"), command, { deadline: DEADLINE });
}

/** Returns the node's name in kubeadm's configuration. */
export function nodeName(initConfig: string): string {
  const documents = parseAllDocuments(readFileSync(initConfig, "utf8")).map((document) => document.toJS());
  const init = documents.find(({ kind }) => kind === "InitConfiguration");
  const name = init?.nodeRegistration?.name;
  if (typeof name !== "string" || name.includes("@"))
    throw new Error(`${initConfig} has the node's name "${name}"; replace the marks first`);
  return name;
}
