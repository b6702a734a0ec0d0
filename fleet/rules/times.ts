const UNITS = { h: 3_600_000, m: 60_000, s: 1000 } as const;

/** Milliseconds of a minute. */
export const MINUTE = UNITS.m;

/** Returns the milliseconds of a duration like "2h30m". */
export function millisecondsIn(duration: string): number {
  const parts = [...duration.matchAll(/(\d+)([hms])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS], 0);
}

/** Writes milliseconds as a duration, in whole seconds. */
export function durationOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const text = parts.map((count, place) => (count === 0 ? "" : `${count}${"hms"[place]}`)).join("");
  return text === "" ? "0s" : text;
}

/** Writes a time as Kubernetes does. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Reads a time; a missing one is the beginning of all. */
export function millisecondsOf(time: string | undefined): number {
  return time === undefined ? 0 : Date.parse(time);
}
