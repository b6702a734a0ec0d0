/** Does one named piece of long work, saying when it begins, how long it took, and which piece failed. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  say(`${title} ...`);
  try {
    const result = await work();
    say(`${title}: ${seconds(start)} s`);
    return result;
  } catch (error) {
    say(`${title}: failed after ${seconds(start)} s`);
    throw error;
  }
}

/** Prints one line of progress, with the time of day. */
export function say(line: string): void {
  process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${line}\n`);
}

function seconds(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}
