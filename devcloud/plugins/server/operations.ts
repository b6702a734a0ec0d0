import type { EngineLog } from "./engine-log.ts";
import { type PropertyMap, secretTexts } from "./property-values.ts";
import type { Operation } from "./provider.ts";
import { Mask } from "./secret-mask.ts";

export interface OperationRequest {
  urn: string;
  preview: boolean;
  /** Seconds from the resource's customTimeouts; 0 when it has none. */
  timeout: number;
  /** All properties that may contain secrets of the resource. */
  properties: PropertyMap[];
}

// Limit for operations without customTimeouts, so that nothing hangs for ever.
const DEFAULT_TIMEOUT = 3600;

/** Running operations. Each has a deadline, all can be cancelled at once, and none shows a secret. */
export class Operations {
  readonly #log: EngineLog;
  readonly #cancelled = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(log: EngineLog) {
    this.#log = log;
  }

  cancelAll(): void {
    this.#cancelled.abort(new Error("cancelled"));
  }

  /** Waits until all operations have ended. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async run<T>(request: OperationRequest, work: (operation: Operation) => Promise<T>): Promise<T> {
    const running = this.#run(request, work);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #run<T>(request: OperationRequest, work: (operation: Operation) => Promise<T>): Promise<T> {
    const seconds = request.timeout || DEFAULT_TIMEOUT;
    const deadline = new AbortController();
    const timer = setTimeout(
      () => deadline.abort(new Error(`took longer than ${seconds} s (customTimeouts sets the limit)`)),
      seconds * 1000,
    );
    const mask = new Mask(request.properties.flatMap(secretTexts));
    try {
      return await work({
        ...namesOf(request.urn),
        preview: request.preview,
        timeout: request.timeout,
        signal: AbortSignal.any([this.#cancelled.signal, deadline.signal]),
        status: (line) => this.#log.write("info", mask.hide(line), request.urn, true),
        warn: (line) => this.#log.write("warning", mask.hide(line), request.urn, false),
      });
    } catch (error) {
      throw mask.hideInError(error);
    } finally {
      clearTimeout(timer);
      await this.#log.flush();
    }
  }
}

/** Splits a URN (`urn:pulumi:stack::project::parent$type::name`). */
export function namesOf(urn: string): { urn: string; type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { urn, type: types.split("$").at(-1) ?? "", name: name.join("::") };
}
