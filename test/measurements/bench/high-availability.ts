import { kubectlOf } from "../../../devcloud/kubectl.ts";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { up } from "../../../devcloud/openstack/up.ts";
import { pulumi, selectStack } from "../../../devcloud/stack.ts";
import { urnOf } from "../../e2e/support/cluster.ts";
import { writeReport } from "../report.ts";
import { spansOf } from "./timeline.ts";

/** Times of three stacked control planes and a worker, of each control plane's join, and of the first one's replacement. */
const MINUTE = 60;
const NAME = "bench-ha";
const FIRST = `${NAME}-control-plane-0`;

await up();
const stack = await selectStack(NAME, "dev", {
  "caravan:pools": { default: { count: 1, machine: { image: "node", flavor: "node.small" } } },
});
try {
  const result = await measure();
  for (const [title, value] of Object.entries(result)) console.log(`${value.toFixed(1).padStart(6)} s  ${title}`);
  writeReport("high-availability", result);
} finally {
  await pulumi(stack, ["destroy", "--yes", "--skip-preview", "--remove"], { deadline: 15 * MINUTE });
}

async function measure(): Promise<Record<string, number>> {
  const created = await timed(() => pulumi(stack, ["up", "--yes", "--skip-preview", "--json"], { deadline: 20 * MINUTE }));
  const kubectl = await kubectlOf(stack);
  const ready = await timed(() => waitForNodes(kubectl, 4));
  const starts = spansOf(created.result).filter(({ name }) => /-control-plane-\d+-kubeadm$/.test(name));

  const server = await urnOf(stack, "openstack:compute/instance:Instance", FIRST);
  const replaced = await timed(async () => {
    await pulumi(stack, ["up", "--yes", "--skip-preview", "--replace", server], { deadline: 20 * MINUTE });
    await waitForNodes(kubectl, 4);
  });
  return {
    "pulumi up of three stacked control planes, a bastion and a worker": created.seconds,
    "all nodes ready": created.seconds + ready.seconds,
    ...Object.fromEntries(
      starts.map(({ name, start, end }) => [`start of ${name.replace(`${NAME}-`, "").replace("-kubeadm", "")}`, end - start]),
    ),
    "replacement of the first control plane, all nodes ready again": replaced.seconds,
  };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: Math.round((performance.now() - start) / 100) / 10 };
}
