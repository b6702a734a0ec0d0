import { z } from "zod";
import { EventRateLimitType } from "../kubeadm/event-rate-limits.ts";
import { PodSecurityLevel } from "../kubeadm/pod-security.ts";
import { machine } from "../node/machine-settings.ts";
import { object, oneWord, textMap, texts } from "../schema.ts";

/** A value for each program of a control plane. */
const eachProgram = (value: z.ZodType) =>
  object({ apiServer: value.optional(), controllerManager: value.optional(), scheduler: value.optional(), etcd: value.optional() });

/** A control plane whose pods had a variable that the kubelet refuses would not start. */
const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name is made of letters, digits and _, and begins with no digit");

/** PodSecurityArgs. */
const level = oneWord(Object.values(PodSecurityLevel)).optional();
const podSecurity = object({ enforce: level, warn: level, audit: level, exemptNamespaces: texts.optional() });

/** EventRateLimit: the API server starts with no other numbers, and with no empty list. */
const MOST = 2 ** 31 - 1;
const whole = z.int(`use a whole number from 1 to ${MOST}`).min(1, "use at least 1").max(MOST, `use at most ${MOST}`);
const eventRateLimit = object({
  type: oneWord(Object.values(EventRateLimitType)),
  qps: whole,
  burst: whole,
  cacheSize: whole.optional(),
});

/** ControlPlanesArgs. */
export const controlPlane = object({
  count: z.number().optional(),
  machine,
  scheduler: object({ configuration: z.record(z.string(), z.unknown()).optional() }).optional(),
  extraArgs: eachProgram(textMap).optional(),
  extraEnvs: eachProgram(z.record(variableName, z.string())).optional(),
  podSecurity: podSecurity.optional(),
  authentication: object({ configuration: z.record(z.string(), z.unknown()).optional() }).optional(),
  eventRateLimits: z.array(eventRateLimit).min(1).optional(),
  dnsReplicas: z.int().min(1).max(1000).optional(),
});
