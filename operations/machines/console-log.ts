import { setTimeout } from "node:timers/promises";
import { OpenStack, OpenStackError } from "../../clients/openstack/client.ts";
import { cloudSettings } from "../../clients/openstack/cloud-settings.ts";
import type { PluginSettings } from "../../clients/openstack/plugin-settings.ts";
import { Semaphore } from "../../lib/pool/semaphore.ts";
import { reasonOf } from "../../lib/reason.ts";
import { consoleKeys } from "../../lib/ssh/console-keys.ts";

/** Host keys that a machine shows on its console, or the reason why they are not known. */
export type ShownKeys = { keys: string[] } | { reason: string };

/** Concurrency limit of requests: for each, Nova asks the compute host of the machine. */
const CONCURRENT_REQUESTS = 16;

/** Seconds before the retry of a console that shows no keys yet. */
const RETRY_SECONDS = 3;

/** Reads the host keys of machines from Nova's console logs: one request a machine, as long as the cloud returns console logs. */
export class ConsoleLog {
  readonly #choice: PluginSettings;
  readonly #semaphore = new Semaphore(CONCURRENT_REQUESTS);
  #cloud: Promise<OpenStack> | undefined;
  /** Reason why no further console is requested. */
  #refusal: string | undefined;
  /** Set once a console shows no keys on the retry either: images may print none, and further consoles are not retried. */
  #mayPrintNone = false;

  constructor(choice: PluginSettings) {
    this.#choice = choice;
  }

  /** Reads the keys of a server, whose first boot must be over. */
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
    if (!this.#mayPrintNone) {
      await setTimeout(RETRY_SECONDS * 1000);
      const keys = consoleKeys(await this.#output(serverId));
      if (keys.length > 0) return { keys };
      this.#mayPrintNone = true;
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
      // A run may outlast its token.
      this.#cloud = OpenStack.connect(cloudSettings(this.#choice));
      return (await this.#cloud).consoleOutput(serverId);
    }
  }

  /** Returns the reason why a console cannot be read. When the reason holds for all consoles, no further one is requested. */
  #reasonOf(error: unknown): string {
    const reason = `the cloud gives no console log (${reasonOf(error)})`;
    const isOfThisServer = error instanceof OpenStackError && [404, 409].includes(error.status);
    if (!isOfThisServer) this.#refusal = reason;
    return reason;
  }
}
