import { z } from "zod";
import { machine } from "./machine.ts";
import { object, textMap } from "./values.ts";

/** A value for each program of a control plane. */
const eachProgram = (value: z.ZodType) =>
  object({ apiServer: value.optional(), controllerManager: value.optional(), scheduler: value.optional(), etcd: value.optional() });

/** A control plane whose pods had a variable that the kubelet refuses would not start. */
const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name is made of letters, digits and _, and begins with no digit");

/** ControlPlanesArgs. */
export const controlPlane = object({
  count: z.number().optional(),
  machine,
  scheduler: object({ configuration: z.record(z.string(), z.unknown()).optional() }).optional(),
  extraArgs: eachProgram(textMap).optional(),
  extraEnvs: eachProgram(z.record(variableName, z.string())).optional(),
  dnsReplicas: z.int().min(1).max(1000).optional(),
});
