import { z } from "zod";

/** WaveArgs. */
export const waves = z.strictObject({ creates: z.number().optional(), joins: z.number().optional() });
