import { kubeconfigPath, kubectlOf } from "./kubectl.ts";
import { waitForNodes } from "./nodes.ts";
import { up } from "./openstack/up.ts";
import { addOnSettings } from "./registry/settings.ts";
import { pulumi, selectStack, stackConfig } from "./stack.ts";
import { phaseTable, say, step } from "./support/progress.ts";
import { checkTraffic } from "./traffic.ts";

/** `npm start`: makes a Kubernetes cluster on the embedded OpenStack, starting with an empty machine. */
async function start(): Promise<void> {
  await step("devcloud", up);
  const stack = await selectStack("mini", "mini", await addOnSettings(await stackConfig("mini")));
  // A killed run leaves its lock.
  await pulumi(stack, ["cancel", "--yes"], { deadline: 60 });
  await step("pulumi up of stack mini", () => pulumi(stack, ["up", "--yes", "--skip-preview"], { deadline: 1800, live: true }));
  const kubectl = await kubectlOf(stack);
  await step("all nodes ready", () => waitForNodes(kubectl, 3));
  const nodes = await step("traffic between nodes, through Services by name", () => checkTraffic(kubectl));
  say(`pods on ${nodes.join(" and ")} reach each other\n`);
  console.log(await kubectl(["get", "nodes", "-o", "wide"]));
  console.log(phaseTable());
  console.log(usage(kubeconfigPath(stack.name)));
}

function usage(kubeconfig: string): string {
  return [
    "Use the cluster:    npm run devcloud -- exec -- kubectl get pods -A",
    "Use OpenStack:      npm run devcloud -- exec -- openstack server list",
    "Change the cluster: edit stacks/Pulumi.mini.yaml, then npm start",
    "Remove everything:  npm stop (the cluster, and devcloud stops); npm run devcloud -- reset (devcloud's data too)",
    `kubeconfig:         ${kubeconfig}`,
  ].join("\n");
}

await start();
