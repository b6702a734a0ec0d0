import { setTimeout as sleep } from "node:timers/promises";

/** Polls until a condition is true. After `deadline` seconds, it throws an error that names the expectation. */
export async function poll(expectation: string, deadline: number, isTrue: () => Promise<boolean>, interval = 0.2): Promise<void> {
  const end = performance.now() + deadline * 1000;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited ${deadline} s in vain until ${expectation}`);
    await sleep(interval * 1000);
  }
}
