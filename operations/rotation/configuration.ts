import { type Keyring, phaseOf, phaseText } from "../../lib/rotation/keyrings.ts";
import type { KeyringSettings, RotationSettings } from "../../lib/rotation/settings.ts";
import type { RotatableStack } from "./rotatable-stack.ts";

/** Place where a program finds the phases of keys. */
export interface PhaseConfiguration {
  /** Reads the phases of all keys. */
  read(): Promise<RotationSettings>;
  /** Writes the phase of one key, at once: a program that runs afterwards finds the former or the new one. */
  write(keyring: Keyring, phase: KeyringSettings): Promise<void>;
}

const PROPERTY = "caravan:certificates";

/** Finds the phases in a stack's configuration, as the library's own program does. Each is written by one command of Pulumi. */
export function stackConfiguration(stack: Pick<RotatableStack, "getAllConfig" | "setAllConfig" | "removeConfig">): PhaseConfiguration {
  const read = async (): Promise<RotationSettings> => JSON.parse((await stack.getAllConfig())[PROPERTY]?.value ?? "{}").rotation ?? {};
  return {
    read,
    async write(keyring, phase) {
      const path = `${PROPERTY}.rotation.${keyring}`;
      const before = phaseOf(await read(), keyring);
      if (before.trust.length > phase.trust.length) {
        const dropped = before.trust.findIndex((generation) => !phase.trust.includes(generation));
        await stack.removeConfig(`${path}.trust[${dropped}]`, true);
      } else {
        const values = { use: phase.use, ...Object.fromEntries(phase.trust.map((generation, index) => [`trust[${index}]`, generation])) };
        await stack.setAllConfig(
          Object.fromEntries(Object.entries(values).map(([key, value]) => [`${path}.${key}`, { value: `${value}` }])),
          true,
        );
      }
      const now = phaseOf(await read(), keyring);
      if (phaseText(now) !== phaseText(phase))
        throw new Error(
          `${PROPERTY}: rotation.${keyring} is ${phaseText(now)} after Pulumi has set ${phaseText(phase)}; write it into the stack's configuration yourself`,
        );
    },
  };
}
