/**
 * Does something in which stack traces are as V8 makes them. Pulumi's SDK takes one for each property of a resource, and its runtime
 * looks up source maps for every line of them (source-map-support), which is half of a program's time when it makes a thousand servers.
 */
export function withPlainStackTraces<T>(work: () => T): T {
  const { prepareStackTrace } = Error;
  Reflect.deleteProperty(Error, "prepareStackTrace");
  try {
    return work();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}
