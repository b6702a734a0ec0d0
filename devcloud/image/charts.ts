import { rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../support/run.ts";
import { provide } from "../toolchain/provide.ts";
import { recipeKey } from "../toolchain/recipe.ts";
import { moduleSource } from "../toolchain/source.ts";
import { tools } from "../toolchain/tools.ts";
import { cached } from "./cache.ts";

/** Charts of the network plugins: the tool whose source has the chart, and its folder there. */
const charts = [
  ["cilium", "install/kubernetes/cilium"],
  ["flannel", "chart/kube-flannel"],
] as const;

/** Returns a folder that is a chart repository for helm once a web server serves it: index.yaml, and the charts of our versions. */
export async function chartRepository(): Promise<{ dir: string }> {
  const inputs = [recipeKey("helm"), ...charts.map(([name]) => `${name} ${tools[name].version}`)];
  const { dir } = await cached("charts", inputs, async (work) => {
    const { helm } = await provide(["helm"]);
    const env = { HELM_CACHE_HOME: join(work, ".helm"), HELM_CONFIG_HOME: join(work, ".helm"), HELM_DATA_HOME: join(work, ".helm") };
    for (const [name, folder] of charts) {
      const chart = join(await moduleSource(name), folder);
      await run(join(helm, "helm"), ["package", chart, "--destination", work], { deadline: 120, env });
    }
    await run(join(helm, "helm"), ["repo", "index", work], { deadline: 120, env });
    await rm(join(work, ".helm"), { recursive: true, force: true });
  });
  return { dir };
}
