import { z } from "zod";
import { machine } from "./machine.ts";
import { text, textMap, texts } from "./values.ts";

const taint = z.strictObject({ key: text, value: z.string().optional(), effect: text });

/** PoolArgs. */
export const pool = z.strictObject({
  count: z.number(),
  without: texts.optional(),
  machine,
  labels: textMap.optional(),
  taints: z.array(taint).optional(),
  drainSeconds: z.number().optional(),
});
