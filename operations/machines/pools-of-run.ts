import * as pulumi from "@pulumi/pulumi";
import { reasonOf } from "../../lib/reason.ts";
import type { StackState } from "../state/stack-state.ts";
import { type KeptPool, keptPools } from "./kept-pools.ts";

/** Machines of pools by the URNs of their components, as they were at the beginning of a run. */
export type KeptPools = ReadonlyMap<string, KeptPool>;

/** Pools of a run. */
interface PoolsOfRun {
  /** Pools once the state is read; `undefined` when it cannot be. */
  read: Promise<KeptPools | undefined>;
  /** The same as soon as they are known. */
  known?: KeptPools;
}

/** Pools by the run's connection to the engine: a run has one. */
const poolsByMonitor = new WeakMap<object, PoolsOfRun>();

/**
 * Keeps which machines the pools of a run have, so that their plans replace few of them. Nothing else is kept, because the state of a large
 * cluster takes much memory. That the state cannot be read is a warning.
 */
export function keepPools(read: () => Promise<StackState>): PoolsOfRun {
  const pools: PoolsOfRun = {
    read: read().then(
      (state) => {
        pools.known = keptPools(state);
        return pools.known;
      },
      (error) => {
        pulumi.log.warn(
          `the stack's state was not read, so a pool whose image has changed is replaced all at once, with twice its quota: ${reasonOf(error)}`,
        );
        return undefined;
      },
    ),
  };
  poolsByMonitor.set(pulumi.runtime.getMonitor() as object, pools);
  return pools;
}

/** Returns this run's pools; `undefined` when nobody keeps them. */
export function poolsOfThisRun(): PoolsOfRun | undefined {
  return poolsByMonitor.get(pulumi.runtime.getMonitor() as object);
}
