import { kubectlOf } from "../../../devcloud/kubectl.ts";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { up } from "../../../devcloud/openstack/up.ts";
import { pulumi, selectStack } from "../../../devcloud/stack.ts";
import { writeReport } from "../report.ts";
import { longestChain, type Span, spansOf } from "./timeline.ts";

/** Time of the mini stack on a warm devcloud, beside the longest chain of waits on the same machine. */
const MINUTE = 60;

await up();
const stack = await selectStack("bench-mini", "mini");
try {
  const result = await measure();
  print(result);
  writeReport("mini", result);
} finally {
  await pulumi(stack, ["destroy", "--yes", "--skip-preview", "--remove"], { deadline: 15 * MINUTE });
}

type Measured = Awaited<ReturnType<typeof measure>>;

async function measure() {
  const start = performance.now();
  const output = await pulumi(stack, ["up", "--yes", "--skip-preview", "--json"], { deadline: 20 * MINUTE });
  const created = seconds(start);
  const kubectl = await kubectlOf(stack);
  await waitForNodes(kubectl, 3);
  await kubectl(["-n", "kube-system", "rollout", "status", "daemonset/cilium", "--timeout=180s"], { deadline: 200 });
  const ready = seconds(start);

  const again = [await noChanges(), await noChanges(), await noChanges()].sort((a, b) => a - b);
  const chain = longestChain(spansOf(output));
  const floor = chain.reduce((sum, span) => sum + span.end - span.start, 0);
  return { created, ready, floor, ratio: Math.round((ready / floor) * 100) / 100, noChanges: again[1]!, chain };
}

async function noChanges(): Promise<number> {
  const start = performance.now();
  await pulumi(stack, ["up", "--yes", "--skip-preview"], { deadline: 5 * MINUTE });
  return seconds(start);
}

function print({ created, ready, floor, ratio, noChanges, chain }: Measured): void {
  console.log("\nlongest chain of waits");
  for (const span of chain) console.log(`${took(span)}  ${span.type.split(":").pop()} ${span.name}`);
  const rows = {
    "sum of the chain": floor,
    "pulumi up": created,
    "all nodes and Cilium ready": ready,
    "pulumi up without changes (median of 3)": noChanges,
  };
  console.log("");
  for (const [title, value] of Object.entries(rows)) console.log(`${value.toFixed(1).padStart(6)} s  ${title}`);
  console.log(`${ratio.toFixed(2).padStart(6)}    ready / sum of the chain`);
}

function took({ start, end }: Span): string {
  return `${(end - start).toFixed(0).padStart(6)} s`;
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}
