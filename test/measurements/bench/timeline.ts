/** Start and end of a resource, in seconds from the first event. */
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

/** Returns the span of each created resource, from the engine's events (`pulumi up --json`). */
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
 * Returns the longest chain of resources, each of which waited for the previous one. It starts with the last to end. Before each comes the
 * one that ended last among those that ended before it began.
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

/** Returns whether a type does work itself. Components and the stack only end with their children. */
function isWork(type: string): boolean {
  return !type.startsWith("caravan:") && type !== "pulumi:pulumi:Stack";
}
