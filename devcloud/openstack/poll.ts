import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until the answer is yes; throws, naming what was waited for, after `deadline` seconds. */
export async function poll(expectation: string, deadline: number, isTrue: () => Promise<boolean>, interval = 0.2): Promise<void> {
  const end = performance.now() + deadline * 1000;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited ${deadline} s in vain until ${expectation}`);
    await sleep(interval * 1000);
  }
}
