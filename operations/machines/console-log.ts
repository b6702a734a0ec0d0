import { setTimeout } from "node:timers/promises";
import { OpenStack, OpenStackError } from "../../clients/openstack/client.ts";
import { type CloudChoice, cloudSettings } from "../../clients/openstack/cloud-settings.ts";
import { Semaphore } from "../../lib/pool/semaphore.ts";
import { consoleKeys } from "../../lib/ssh/console-keys.ts";

/** The host keys that a machine shows on its console, or why they are not known. */
export type ShownKeys = { keys: string[] } | { reason: string };

/** Requests at a time: each has Nova ask the compute host of the machine. */
const REQUESTS = 16;

/** Seconds after which a console is asked again that had no keys yet. */
const PAUSE = 3;

/** Reads machines' host keys from Nova's console logs: one request for each, as long as the cloud gives them. */
export class ConsoleLog {
  readonly #choice: CloudChoice;
  readonly #semaphore = new Semaphore(REQUESTS);
  #cloud: Promise<OpenStack> | undefined;
  /** Why no console is asked any more. */
  #refusal: string | undefined;
  /** Whether a console had no keys, and none when it was asked again either: images may print none. */
  #hasSeenNone = false;

  constructor(choice: CloudChoice) {
    this.#choice = choice;
  }

  /** The keys of a server, whose first boot must be over. */
  async keysOf(serverId: string): Promise<ShownKeys> {
    await this.#semaphore.acquire(1);
    try {
      if (this.#refusal !== undefined) return { reason: this.#refusal };
      return await this.#read(serverId);
    } catch (error) {
      return { reason: this.#reasonOf(error) };
    } finally {
      this.#semaphore.release(1);
    }
  }

  async #read(serverId: string): Promise<ShownKeys> {
    const first = consoleKeys(await this.#output(serverId));
    if (first.length > 0) return { keys: first };
    if (!this.#hasSeenNone) {
      await setTimeout(PAUSE * 1000);
      const keys = consoleKeys(await this.#output(serverId));
      if (keys.length > 0) return { keys };
      this.#hasSeenNone = true;
    }
    return { reason: "the console log shows no host keys" };
  }

  async #output(serverId: string): Promise<string> {
    this.#cloud ??= OpenStack.connect(cloudSettings(this.#choice));
    const cloud = await this.#cloud;
    try {
      return await cloud.consoleOutput(serverId);
    } catch (error) {
      if (!(error instanceof OpenStackError && error.status === 401)) throw error;
      // A run may last longer than a token.
      this.#cloud = OpenStack.connect(cloudSettings(this.#choice));
      return (await this.#cloud).consoleOutput(serverId);
    }
  }

  /** Says why a console cannot be read; what is so for all is not asked again. */
  #reasonOf(error: unknown): string {
    const reason = `the cloud gives no console log (${error instanceof Error ? error.message : error})`;
    const isOfOne = error instanceof OpenStackError && [404, 409].includes(error.status);
    if (!isOfOne) this.#refusal = reason;
    return reason;
  }
}
