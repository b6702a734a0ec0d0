/** Lines of a stack trace: those of Pulumi's SDK, of which it leaves out the first five, and the one that makes the resource. */
const LINES = 6;

/**
 * Does something in which stack traces are short, and as V8 writes them. Pulumi's SDK takes one for each property of a resource, and its
 * runtime looks up source maps for every line of them (source-map-support), which is half of a program's time when it makes a thousand
 * servers; and the state keeps one for each resource, a sixth of what it keeps of a server. Of those that are alike, and kept with each property, one is in memory.
 */
export function withShortStackTraces<T>(work: () => T): T {
  const { prepareStackTrace } = Error;
  const kept = new Map<string, string>();
  Error.prepareStackTrace = (error, lines) => {
    const text = [error, ...lines.slice(0, LINES)].join("\n    at ");
    if (!kept.has(text)) kept.set(text, text);
    return kept.get(text);
  };
  try {
    return work();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}
