import { z } from "zod";
import { object } from "../schema.ts";

/** KubeProxyArgs. */
export const kubeProxy = object({ configuration: z.record(z.string(), z.unknown()).optional() });
