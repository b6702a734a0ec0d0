import { millisecondsIn } from "../rules/times.ts";
import { UsageError } from "./command.ts";

/** Reads the milliseconds of an option like "2h30m". */
export function durationOption(option: string, text: string): number {
  if (!/^(?=\d)(\d+h)?(\d+m)?(\d+s)?$/.test(text) || millisecondsIn(text) === 0)
    throw new UsageError(`--${option} takes hours, minutes and seconds, like "2h30m", and was given "${text}"`);
  return millisecondsIn(text);
}
