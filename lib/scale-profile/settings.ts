import { z } from "zod";
import { object } from "../schema.ts";

const count = z.int().min(1);

/** ScaleArgs. */
export const scale = object({ nodes: count.optional(), pods: count.optional(), zones: count.optional() });
