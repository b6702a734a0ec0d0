import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { type EngineOptions, EngineStack } from "./engine-stack.ts";

/** Command-line options of all measurements of servers, with their defaults. */
export const SERVER_OPTIONS = {
  "control-planes": { type: "string", default: "3" },
  parallel: { type: "string", default: "64" },
  /** Large enough that Nova's time does not hide that of the tools. */
  "builds-at-once": { type: "string", default: "1000" },
} as const;

/** Values of these options. */
export type ServerValues = Record<keyof typeof SERVER_OPTIONS, string>;

/** Runs a function with a new stack of servers on a new fake cloud, and removes both afterwards. */
export async function onNewStack<T>(
  workers: number,
  values: ServerValues,
  options: Omit<EngineOptions, "config" | "parallel">,
  work: (stack: EngineStack, cloud: FakeCloud) => Promise<T>,
): Promise<T> {
  const cloud = new FakeCloud({ settings: { buildsAtOnce: Number(values["builds-at-once"]) } });
  await cloud.start();
  try {
    const config = serverConfig(workers, values);
    const stack = await EngineStack.create(cloud, { ...options, config, parallel: Number(values.parallel) });
    try {
      return await work(stack, cloud);
    } finally {
      await stack.remove();
    }
  } finally {
    cloud.stop();
  }
}

/** Makes the program's configuration for a number of workers. */
export function serverConfig(workers: number, values: ServerValues): Record<string, number> {
  return { "scale:workers": workers, "scale:controlPlanes": Number(values["control-planes"]) };
}
