/** How Pulumi writes its state: whole at each operation, that compressed, at the end of a command alone, or that compressed; each with its environment. */
const ENVIRONMENTS = {
  plain: {},
  compressed: { PULUMI_DIY_BACKEND_ZSTD: "true" },
  none: { PULUMI_SKIP_CHECKPOINTS: "true" },
  "none-compressed": { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_DIY_BACKEND_ZSTD: "true" },
} as const;

export type Checkpoints = keyof typeof ENVIRONMENTS;

/** The variables that say so, with those of the other ways unset. */
export function checkpointsEnvironment(checkpoints: Checkpoints): Record<string, string> {
  return { PULUMI_DIY_BACKEND_ZSTD: "", PULUMI_SKIP_CHECKPOINTS: "", ...ENVIRONMENTS[checkpoints] };
}

/** Whether the state is written compressed. */
export function isCompressed(checkpoints: Checkpoints): boolean {
  return "PULUMI_DIY_BACKEND_ZSTD" in ENVIRONMENTS[checkpoints];
}

/** The way that is named on a command line; of several, the first. */
export function firstCheckpointsOf(text: string): Checkpoints {
  return checkpointsOf(text)[0]!;
}

/** Ways that are named on a command line: "plain,none". */
export function checkpointsOf(text: string): Checkpoints[] {
  const ways = text.split(",");
  const unknown = ways.filter((way) => !Object.hasOwn(ENVIRONMENTS, way));
  if (unknown.length === 0) return ways as Checkpoints[];
  throw new Error(`--checkpoints ${unknown.join(", ")} is unknown; use ${Object.keys(ENVIRONMENTS).join(", ")}`);
}
