import type { Inputs } from "../state/stack-state.ts";

/** A lost creation: its object, if there is one, is not in the state. */
export interface LostCreate {
  /** URN of the resource; of a failed creation, that of the component. */
  urn: string;
  type: string;
  /** Inputs of the resource, as far as they are known. */
  inputs: Inputs;
  /** Possible names of the object, when the generated one is not known. With `byMark`, names of the resource. @default the inputs' name */
  names?: RegExp;
  /** Recognizes the object by the mark in its description instead of its name. @default false */
  byMark?: boolean;
  /** Set when the state has the creation as a pending operation. @default false */
  isPending?: boolean;
}
