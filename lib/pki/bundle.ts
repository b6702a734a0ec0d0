/** Joins PEM texts. One alone stays as it was given. */
export function bundle(first: string, others: readonly string[] = []): string {
  return others.length === 0 ? first : [first, ...others].map((pem) => `${pem.trimEnd()}\n`).join("");
}
