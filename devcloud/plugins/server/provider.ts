import type { PropertyDiff } from "./property-diff.ts";
import type { PropertyMap } from "./property-values.ts";

/** Pulumi provider: its configuration, and the resource types that it serves. */
export interface Provider {
  version: string;
  /** Validates the configuration of the provider and adds what its state needs. */
  checkConfig(inputs: PropertyMap): CheckResult;
  diffConfig(olds: PropertyMap, news: PropertyMap): Diff;
  configure(config: PropertyMap): void | Promise<void>;
  /** Finds the implementation of a type such as `command:local:Command`. Throws for a type that is not served. */
  resourceType(type: string): ResourceType;
}

export interface ResourceType {
  check(request: CheckRequest): CheckResult | Promise<CheckResult>;
  diff(request: DiffRequest): Diff | Promise<Diff>;
  create(operation: Operation, inputs: PropertyMap): Promise<Created>;
  update(operation: Operation, request: UpdateRequest): Promise<PropertyMap>;
  delete(operation: Operation, request: DeleteRequest): Promise<void>;
  /** Reads the resource's present state. @default the recorded state */
  read?(operation: Operation, request: ReadRequest): Promise<ReadResult>;
}

/** Create, read, update or delete of one resource. */
export interface Operation {
  urn: string;
  /** Name of the resource in the program. */
  name: string;
  type: string;
  /** True when nothing may be changed. The answer is the expected result. */
  preview: boolean;
  /** Seconds from the resource's customTimeouts; 0 when it has none. */
  timeout: number;
  /** Aborted when the deadline has passed, the user has cancelled, or the engine has ended. */
  signal: AbortSignal;
  /** Shows a line beside the resource during the operation. */
  status(line: string): void;
  /** Shows a line that stays in the output. */
  warn(line: string): void;
}

export interface CheckRequest {
  urn: string;
  name: string;
  type: string;
  olds: PropertyMap;
  news: PropertyMap;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface CheckResult {
  inputs: PropertyMap;
  failures: CheckFailure[];
}

export interface DiffRequest {
  id: string;
  urn: string;
  type: string;
  state: PropertyMap;
  oldInputs: PropertyMap;
  inputs: PropertyMap;
}

export interface Diff {
  changes: PropertyDiff[];
  deleteBeforeReplace?: boolean;
}

export interface Created {
  /** Empty in a preview. */
  id: string;
  outputs: PropertyMap;
}

export interface UpdateRequest {
  id: string;
  state: PropertyMap;
  oldInputs: PropertyMap;
  inputs: PropertyMap;
}

export interface DeleteRequest {
  id: string;
  state: PropertyMap;
}

export interface ReadRequest {
  id: string;
  state: PropertyMap;
  inputs: PropertyMap;
}

/** Present state of the resource, or `undefined` when it does not exist. */
export type ReadResult = { id: string; outputs: PropertyMap; inputs: PropertyMap } | undefined;

/** Error: the resource exists but did not become ready. The engine keeps it in the state, and the next update retries it. */
export class NotReady extends Error {
  readonly id: string;
  readonly outputs: PropertyMap;
  readonly inputs: PropertyMap;

  constructor(message: string, resource: { id: string; outputs: PropertyMap; inputs: PropertyMap }) {
    super(message);
    this.name = "NotReady";
    this.id = resource.id;
    this.outputs = resource.outputs;
    this.inputs = resource.inputs;
  }
}
