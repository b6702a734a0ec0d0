import { z } from "zod";
import { machine } from "./machine.ts";
import { textMap } from "./values.ts";

const extraArgs = z.strictObject({
  apiServer: textMap.optional(),
  controllerManager: textMap.optional(),
  scheduler: textMap.optional(),
  etcd: textMap.optional(),
});

/** ControlPlanesArgs. */
export const controlPlane = z.strictObject({
  count: z.number().optional(),
  machine,
  scheduler: z.strictObject({ configuration: z.record(z.string(), z.unknown()).optional() }).optional(),
  extraArgs: extraArgs.optional(),
  dnsReplicas: z.int().min(1).max(1000).optional(),
});
