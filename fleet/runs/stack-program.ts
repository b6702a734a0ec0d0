import type { StateReader } from "caravan";

/** What a program gets of the cluster that it makes. */
export interface ProgramArgs {
  /** Name of the cluster and of its stack. */
  name: string;
  /** Arguments in the cluster's object. */
  cluster: Record<string, unknown>;
  /** Reads the stack's state, for `prepareRun`. */
  readState: StateReader;
}

/** What a program returns: outputs of the stack. */
export interface ProgramOutputs {
  /** Kubeconfig of the cluster. It goes into a Secret for the holder of the cluster. */
  kubeconfig: unknown;
}

/** Pulumi program of each cluster. A file with another one as its default export is given by `caravan-fleet controller --program`. */
export type StackProgram = (args: ProgramArgs) => Promise<ProgramOutputs>;
