import type { StateResource } from "./stack-state.ts";

/**
 * A component of this library is complete when the state has outputs of it. Each registers them at the end of its constructor, and the
 * engine keeps them when they are known, which is when all is made that may be lost (components/engine/completion.ts). They go when the
 * component's inputs change.
 */
export function isComplete({ outputs }: StateResource): boolean {
  return outputs !== undefined;
}
