/** Ways in which Pulumi writes its state, with their environment: at each operation or at the end of a command, plain or compressed. */
const ENVIRONMENTS = {
  plain: {},
  compressed: { PULUMI_DIY_BACKEND_ZSTD: "true" },
  none: { PULUMI_SKIP_CHECKPOINTS: "true" },
  "none-compressed": { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_DIY_BACKEND_ZSTD: "true" },
} as const;

export type Checkpoints = keyof typeof ENVIRONMENTS;

/** Returns the environment variables of a way, with those of the other ways unset. */
export function checkpointsEnvironment(checkpoints: Checkpoints): Record<string, string> {
  return { PULUMI_DIY_BACKEND_ZSTD: "", PULUMI_SKIP_CHECKPOINTS: "", ...ENVIRONMENTS[checkpoints] };
}

/** Returns whether a way compresses the state. */
export function isCompressed(checkpoints: Checkpoints): boolean {
  return "PULUMI_DIY_BACKEND_ZSTD" in ENVIRONMENTS[checkpoints];
}

/** Parses the way on a command line; of several, the first. */
export function firstCheckpointsOf(text: string): Checkpoints {
  return checkpointsOf(text)[0]!;
}

/** Parses ways on a command line, like "plain,none". */
export function checkpointsOf(text: string): Checkpoints[] {
  const ways = text.split(",");
  const unknown = ways.filter((way) => !Object.hasOwn(ENVIRONMENTS, way));
  if (unknown.length === 0) return ways as Checkpoints[];
  throw new Error(`--checkpoints ${unknown.join(", ")} is unknown; use ${Object.keys(ENVIRONMENTS).join(", ")}`);
}
