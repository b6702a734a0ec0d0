import type { StateResource } from "./stack-state.ts";

/**
 * Returns whether a component of this library is complete: the state has its outputs. A component registers them at the end of its
 * constructor. The engine keeps them once they are known, and by then everything that may be lost exists (components/engine/completion.ts).
 * The engine drops them when the component's inputs change.
 */
export function isComplete({ outputs }: StateResource): boolean {
  return outputs !== undefined;
}
