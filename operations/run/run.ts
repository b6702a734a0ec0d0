import * as pulumi from "@pulumi/pulumi";
import type { OpenStack } from "../../clients/openstack/client.ts";
import { type CloudChoice, cloudChoice, type PluginSettings } from "../../clients/openstack/plugin-settings.ts";
import { signIn } from "../../clients/openstack/sign-in.ts";
import { ownStateReader, readOwnStateBy, type StateReader } from "../state/own-state.ts";
import type { StackState } from "../state/stack-state.ts";
import { programCloud } from "./program-cloud.ts";

export interface RunOptions extends CloudChoice {
  /**
   * Reads the state of the stack where Pulumi's command cannot: `() => stack.exportStack()` in an inline program of the Automation API.
   * @default `pulumi stack export`
   */
  readState?: StateReader;
}

/** Data that the steps of prepareRun share. Each is requested once, and only when a step needs it. */
export interface Run {
  /** Cloud of the program's resources. */
  choice: PluginSettings;
  /** Signs in. */
  cloud: () => Promise<OpenStack>;
  /** Reads the stack's state at the beginning of the run. */
  state: () => Promise<StackState>;
  /** Reads the same state with its secrets. */
  secrets: () => Promise<StackState>;
}

/** Makes the data of the running program. Outside of a program no lock is held, which is an error with the caller's name. */
export function beginRun(options: RunOptions, caller: string): Run {
  if (!pulumi.runtime.getMonitor()) {
    throw new Error(
      `${caller} works inside of a Pulumi program, whose run holds the stack's lock: call it first in the program (of the Automation API, too)`,
    );
  }
  const { cloud, region, readState } = options;
  if (readState) readOwnStateBy(readState);
  const read = ownStateReader();
  const choice = { ...programCloud(), ...cloudChoice(cloud, region) };
  return {
    choice,
    cloud: once(() => signIn(choice, (message) => void pulumi.log.info(message))),
    state: once(() => read()),
    secrets: once(() => read({ showSecrets: true })),
  };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
