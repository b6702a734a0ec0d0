import { z } from "zod";

const count = z.int().min(1);

/** ScaleArgs. */
export const scale = z.strictObject({ nodes: count.optional(), pods: count.optional(), zones: count.optional() });
