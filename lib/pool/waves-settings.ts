import { z } from "zod";
import { object } from "../schema.ts";

/** WaveArgs. */
export const waves = object({ creates: z.number().optional(), joins: z.number().optional() });
