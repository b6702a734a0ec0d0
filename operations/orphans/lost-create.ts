import type { Inputs } from "../state/stack-state.ts";

/** A creation whose result, if it has one, is not in the state. */
export interface LostCreate {
  /** The resource that was to be; of a failed creation, the component that it was part of. */
  urn: string;
  type: string;
  /** What was asked for, as far as it is known. */
  inputs: Inputs;
  /** Names that the object may have, when it is not known which was generated; by mark, names of its resource. @default that of the inputs */
  names?: RegExp;
  /** Whether the object is known by the mark in its description, whoever could have given its name. @default false */
  byMark?: boolean;
  /** Whether the state says that the creation was under way. @default false */
  isPending?: boolean;
}
