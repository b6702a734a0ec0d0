import { KubernetesCluster, type KubernetesClusterArgs, prepareRun } from "caravan";
import type { StackProgram } from "./stack-program.ts";

/** Makes a cluster, as the library's own stack does. */
const program: StackProgram = async ({ name, cluster, readState }) => {
  const args = cluster as unknown as KubernetesClusterArgs;
  await prepareRun(name, args, { readState });
  const { kubeconfig } = new KubernetesCluster(name, args);
  return { kubeconfig };
};

export default program;
