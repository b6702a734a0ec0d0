const SHORTEST = 4; // shorter texts are common: hiding them would only make the message unreadable

/** Hides known secrets in texts for people. */
export class Mask {
  readonly #secrets: string[];

  constructor(secrets: readonly string[]) {
    const parts = secrets.flatMap((secret) => [secret, ...secret.split("\n")]).map((part) => part.trim());
    // The longest first, so that no part of a longer secret remains.
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
