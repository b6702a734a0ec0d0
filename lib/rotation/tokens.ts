import type { Problems } from "../problems.ts";
import { phaseOf } from "./keyrings.ts";
import type { RotationSettings } from "./settings.ts";

/** Seconds for which tokens of service accounts are valid, and a margin. Extended tokens are off. */
export const TOKEN_SECONDS = 3700;

/** Returns when the tokens of a former service-account key have ended, if all signed with the present one from a time on. */
export function tokensEnd(since: Date): Date {
  return new Date(since.getTime() + TOKEN_SECONDS * 1000);
}

/** Checks that a service-account key is dropped only when its tokens have ended. */
export function checkTokens(
  { done, since }: { done: RotationSettings; since: Date | undefined },
  wanted: RotationSettings,
  now: Date,
  problems: Problems,
): void {
  const [before, after] = [phaseOf(done, "serviceAccountKey"), phaseOf(wanted, "serviceAccountKey")];
  if (!since || after.trust.length >= before.trust.length || tokensEnd(since) <= now) return;
  problems.add(
    "serviceAccountKey.trust",
    `[${after.trust}] drops a generation whose tokens are valid until ${tokensEnd(since).toISOString()}; trust [${before.trust.join(", ")}] until then`,
  );
}
