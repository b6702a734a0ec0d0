const SHORTEST = 4; // shorter texts are everywhere: hiding them would hide nothing but the message

/** Hides known secrets in texts that people see. */
export class Mask {
  readonly #secrets: string[];

  constructor(secrets: readonly string[]) {
    const parts = secrets.flatMap((secret) => [secret, ...secret.split("\n")]).map((part) => part.trim());
    // The longest first, so that no rest of a longer secret stays behind.
    this.#secrets = [...new Set(parts)].filter((part) => part.length >= SHORTEST).sort((a, b) => b.length - a.length);
  }

  hide(text: string): string {
    return this.#secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "[secret]"), text);
  }

  hideInError(error: unknown): unknown {
    if (error instanceof Error) error.message = this.hide(error.message);
    return error;
  }
}
