/** `npm run bench [-- NAME]`: one benchmark, or all of them. The plan is first, because the peak memory of a process never falls. */
const BENCHMARKS: Record<string, () => Promise<unknown>> = {
  "preview-large": () => import("./preview-large.ts"),
  mini: () => import("./mini.ts"),
  "high-availability": () => import("./high-availability.ts"),
};

const [name] = process.argv.slice(2);
if (name !== undefined && !BENCHMARKS[name]) {
  console.error(`there is no benchmark "${name}"; use ${Object.keys(BENCHMARKS).join(" or ")}`);
  process.exit(1);
}
for (const [each, measure] of Object.entries(BENCHMARKS)) if (name === undefined || name === each) await measure();
