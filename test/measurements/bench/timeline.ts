/** When a resource began and ended, in seconds from the first event. */
export interface Span {
  type: string;
  name: string;
  start: number;
  end: number;
}

interface Event {
  timestamp: number;
  resourcePreEvent?: { metadata: Metadata };
  resOutputsEvent?: { metadata: Metadata };
}

interface Metadata {
  op: string;
  urn: string;
  type: string;
}

/** What each created resource took, from the engine's events (`pulumi up --json`). */
export function spansOf(output: string): Span[] {
  const events = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Event);
  const first = events[0]?.timestamp ?? 0;
  const started = new Map<string, number>();
  return events.flatMap(({ timestamp, resourcePreEvent, resOutputsEvent }) => {
    if (resourcePreEvent) started.set(resourcePreEvent.metadata.urn, timestamp - first);
    const done = resOutputsEvent?.metadata;
    if (done?.op !== "create" || !isWork(done.type)) return [];
    return [{ type: done.type, name: done.urn.split("::").pop()!, start: started.get(done.urn) ?? 0, end: timestamp - first }];
  });
}

/**
 * The resources that each had to wait for the one before: from the one that ended last back to the first, always to the one
 * that ended last among those that ended before it began.
 */
export function longestChain(spans: readonly Span[]): Span[] {
  const chain: Span[] = [];
  let before = Number.POSITIVE_INFINITY;
  for (;;) {
    const candidates = spans.filter((span) => span.end <= before && span.end > span.start && !chain.includes(span));
    const last = candidates.sort((a, b) => b.end - a.end || a.start - b.start)[0];
    if (!last) return chain;
    chain.unshift(last);
    before = last.start;
  }
}

/** Components and the stack itself end when their children do: only the children did anything. */
function isWork(type: string): boolean {
  return !type.startsWith("caravan:") && type !== "pulumi:pulumi:Stack";
}
