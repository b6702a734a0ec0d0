import { isDeepStrictEqual } from "node:util";

/** Properties of a worker's server whose change recreates it: those that the pool's machine decides. */
export const RECREATING = ["imageId", "blockDevices", "configDrive", "schedulerHints"] as const;

/** Values of these properties. */
export type RecreatingInputs = Partial<Record<(typeof RECREATING)[number], unknown>>;

/** Picks these properties of a server's inputs, as the program or the state has them. */
export function recreatingInputs(inputs: Readonly<Record<string, unknown>>): RecreatingInputs {
  const given = withoutDefaults(inputs) as Record<string, unknown>;
  return Object.fromEntries(RECREATING.flatMap((property) => (given[property] === undefined ? [] : [[property, given[property]]])));
}

/** Returns what differs between a server and what is wanted, in words for users; nothing when the server needs no replacement. */
export function changedSettings(kept: RecreatingInputs, wanted: RecreatingInputs): string[] {
  const [before, now] = [settingsOf(kept), settingsOf(wanted)];
  return Object.keys(now).filter((setting) => !isDeepStrictEqual(before[setting], now[setting]));
}

function settingsOf({ imageId, blockDevices = [], configDrive, schedulerHints }: RecreatingInputs): Record<string, unknown> {
  const devices = blockDevices as { uuid?: string }[];
  return {
    image: imageId ?? devices[0]?.uuid,
    volume: devices.map(({ uuid: _, ...device }) => device),
    "server group": schedulerHints,
    "config drive": configDrive ?? false,
  };
}

/** Removes from a value of a state what the plugin has added: its defaults, and the lists of them. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== "object" || value === null) return value;
  const { __defaults: added = [], ...given } = value as Record<string, unknown>;
  const own = Object.entries(given).filter(([key]) => !(added as string[]).includes(key));
  return Object.fromEntries(own.map(([key, each]) => [key, withoutDefaults(each)]));
}
