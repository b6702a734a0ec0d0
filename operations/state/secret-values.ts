import type { Inputs } from "./stack-state.ts";

/** Signature with which Pulumi marks a secret in a state. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Returns whether a value of a state is a secret, or has one. */
export function isSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return SIGNATURE in value || Object.values(value).some(isSecret);
}

/** Removes the marks around the secrets of a value, from a state with plain secrets. */
export function revealed(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) {
    const { plaintext, value: plain } = value as { plaintext?: string; value?: unknown };
    return plaintext === undefined ? revealed(plain) : JSON.parse(plaintext);
  }
  if (Array.isArray(value)) return value.map(revealed);
  return Object.fromEntries(Object.entries(value as Inputs).map(([key, each]) => [key, revealed(each)]));
}
