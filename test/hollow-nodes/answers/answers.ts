import type { ScriptName } from "../../../lib/node/script-inputs.ts";
import type { HollowCluster } from "../hollow-cluster.ts";
import { readRequest } from "../ssh/script-request.ts";
import type { Execute } from "../ssh/ssh-server.ts";
import { admitNodes } from "./admission.ts";
import type { Answer } from "./answer.ts";
import { controlPlane, etcd } from "./control-plane.ts";
import { reconcileControlPlanes, reconcilePool } from "./node.ts";
import { runScript } from "./run-script.ts";
import { prepare, worker } from "./worker.ts";

/**
 * Work of the library's scripts, done in this process: a thousand machines with a bash, kubeadm and kubelet each do not fit on one machine.
 * Changes of the cluster are real: certificates, Nodes, labels and evictions, with the credentials that the scripts get.
 */
const ANSWERS: { [Name in ScriptName]?: Answer<Name> } = {
  prepare,
  bastion: async ({ log }) => log("apply sshd's settings (0 s)"),
  controlPlane,
  admitNodes,
  worker,
  lastScript: async ({ host, answer }) => answer(host.lastScript),
  beginNodeChange: runScript,
  endNodeChange: runScript,
  etcd,
  reconcileEtcd: async ({ log }) => log("all members of etcd are healthy"),
  reconcilePool,
  reconcileControlPlanes,
  completeRotation: async ({ log }) => log("all Secrets are under the encryption key in use"),
};

/** Answers the library's commands on hollow machines. */
export function answering(cluster: HollowCluster): Execute {
  return async (host, command, stdin, { answer: say, print }) => {
    if (command === "true") return;
    const { script, input, text } = readRequest(command, stdin);
    const answer = ANSWERS[script];
    if (!answer) throw new Error(`hollow machines have no answer for the script ${script}`);
    const log = (line: string) => print(`${input.NODE_NAME}: ${line}`);
    try {
      // The compiler does not see that these are the variables of this script.
      await answer({ host, input: input as never, text, cluster, log, answer: say });
    } catch (error) {
      throw new Error(`${input.NODE_NAME}: failed: ${(error as Error).message}`);
    }
  };
}
