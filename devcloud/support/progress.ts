import { AsyncLocalStorage } from "node:async_hooks";

interface Phase {
  title: string;
  depth: number;
  seconds?: number;
}

const depth = new AsyncLocalStorage<number>();
const phases: Phase[] = [];

/** Runs a named step, and reports its start, its duration, or its failure. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const phase: Phase = { title, depth: depth.getStore() ?? 0 };
  phases.push(phase);
  say(`${title} ...`);
  try {
    const result = await depth.run(phase.depth + 1, work);
    phase.seconds = secondsSince(start);
    say(`${title}: ${phase.seconds.toFixed(1)} s`);
    return result;
  } catch (error) {
    say(`${title}: failed after ${secondsSince(start).toFixed(1)} s`);
    throw error;
  }
}

/** Prints a line of progress, with the time of day. */
export function say(line: string): void {
  process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${line}\n`);
}

/** Writes the finished steps of this run with their durations. Inner steps are indented. */
export function phaseTable(): string {
  return phases
    .filter(({ seconds }) => seconds !== undefined)
    .map(({ title, depth, seconds = 0 }) => `${seconds.toFixed(1).padStart(8)} s  ${"  ".repeat(depth)}${title}\n`)
    .join("");
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
