const PARTS = /^(?=.)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?$/;

/** Returns the minutes of a duration like "14d", "1h" or "1h30m"; NaN for another text. */
export function minutesOf(duration: string): number {
  const [, days = "0", hours = "0", minutes = "0"] = PARTS.exec(duration) ?? ["", "NaN"];
  return (Number(days) * 24 + Number(hours)) * 60 + Number(minutes);
}
