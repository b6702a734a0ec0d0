import { z } from "zod";
import { machine } from "./machine.ts";
import { containerRuntime, kubelet, registries } from "./software.ts";
import { access } from "./ssh.ts";
import { either, input, port, text, textMap, texts } from "./values.ts";

const taint = z.strictObject({ key: text, value: z.string().optional(), effect: text });

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
const machinePool = z.strictObject({
  count: z.number(),
  without: texts.optional(),
  machine,
  ...settings,
  network: z.strictObject({ networkId: input }).optional(),
});

const server = z.strictObject({ name: text, address: text, hostKey: text.optional() });

/** ImportedPoolArgs. */
const importedPool = z.strictObject({
  ...settings,
  imported: z.array(server),
  ssh: z
    .strictObject({ user: text.optional(), port: port.optional(), privateKey: input.optional(), bastion: access.optional() })
    .optional(),
});

/** PoolArgs or ImportedPoolArgs. */
export const pool = either("imported", importedPool, machinePool);
