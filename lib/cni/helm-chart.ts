/** Returns a chart's source and version. A chart that is given as a path or an oci:// reference needs no repository. */
export function chartSource(chart: string, version: string, repository: string) {
  return { chart, version, ...(chart.includes("/") ? {} : { repositoryOpts: { repo: repository } }) };
}

/** Merges Helm values: objects are merged, everything else is replaced. */
export function mergeValues(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isObject(before) && isObject(value) ? mergeValues(before, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
