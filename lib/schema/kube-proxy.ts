import { z } from "zod";

/** KubeProxyArgs. */
export const kubeProxy = z.strictObject({ configuration: z.record(z.string(), z.unknown()).optional() });
