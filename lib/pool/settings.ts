import { z } from "zod";
import { machine } from "../node/machine-settings.ts";
import { containerRuntime, kubelet, registries } from "../node/settings.ts";
import { either, input, object, port, text, textMap, texts } from "../schema.ts";
import { access } from "../ssh/settings.ts";

const taint = object({ key: text, value: z.string().optional(), effect: text });

/** PoolSettings: what pools of machines and of imported servers have in common. */
const settings = {
  labels: textMap.optional(),
  taints: z.array(taint).optional(),
  drainSeconds: z.number().optional(),
  kubelet: kubelet.optional(),
  containerRuntime: containerRuntime.optional(),
  registries: registries.optional(),
};

/** PoolArgs. */
const machinePool = object({
  count: z.number(),
  without: texts.optional(),
  machine,
  ...settings,
  network: object({ networkId: input }).optional(),
});

const server = object({ name: text, address: text, hostKey: text.optional() });

/** ImportedPoolArgs. */
const importedPool = object({
  ...settings,
  imported: z.array(server),
  ssh: object({ user: text.optional(), port: port.optional(), privateKey: input.optional(), bastion: access.optional() }).optional(),
});

/** PoolArgs or ImportedPoolArgs. */
export const pool = either("imported", importedPool, machinePool);
