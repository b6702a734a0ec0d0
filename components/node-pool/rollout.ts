import * as pulumi from "@pulumi/pulumi";
import { changedSettings, RECREATING, type RecreatingInputs } from "../../lib/pool/machine-inputs.ts";
import { type MachineStatus, planRollout, type RolloutPlan, rolloutLine } from "../../lib/pool/rollout.ts";
import { portUrn } from "../../lib/pool/worker-port.ts";
import { replacedByName } from "../../operations/engine/replaced-urns.ts";
import { foundInThisRun, type RunFindings } from "../../operations/machines/found-machines.ts";
import type { KeptPool, KeptWorker } from "../../operations/machines/kept-pools.ts";
import { type KeptPools, keepPools, poolsOfThisRun } from "../../operations/machines/pools-of-run.ts";
import { ownStateReader } from "../../operations/state/own-state.ts";
import { monitorWithHooks } from "../engine/engine-hooks.ts";
import { settled } from "../engine/settled.ts";

export interface RolloutArgs {
  /** Name of the component, with which the names of its servers begin. */
  name: string;
  /** Name of the pool. */
  pool: string;
  keys: readonly string[];
  maxSurge: number | string | undefined;
  /** Arguments of all servers. */
  server: RecreatingInputs;
  networkId: pulumi.Input<string>;
  /** Set when ports are made before their servers. */
  hasPorts: boolean;
}

/** What a run does with the machines of a pool. */
interface Decision {
  /** Machines that keep what they are made from, by the names of their resources. */
  held: ReadonlyMap<string, KeptWorker>;
  /** Machines that are not replaced, by the same names. */
  staying: ReadonlyMap<string, KeptWorker>;
  /** Names of the machines' resources that each run replaces, this one first. */
  steps: string[][];
}

const NOTHING: Decision = { held: new Map(), staying: new Map(), steps: [] };

/** In place of a value that a preview does not know: it differs from all that there is. */
const UNKNOWN: Required<RecreatingInputs> = { imageId: "", blockDevices: [{ uuid: "" }], configDrive: "", schedulerHints: "" };

/**
 * Replacement of a pool's machines, few in a run: the others get from the state what they are made from, so the engine sees no difference. By
 * itself it would make all successors before it deletes a machine. A run that does not know its state replaces all at once.
 */
export class Rollout {
  readonly #args: RolloutArgs;
  readonly #decision: Promise<Decision> | undefined;
  /** Properties of servers that may differ from what is wanted. */
  readonly #properties: readonly (typeof RECREATING)[number][];

  constructor(component: pulumi.ComponentResource, args: RolloutArgs) {
    this.#args = args;
    const pools = poolsOfThisRun() ?? readPools();
    const workers = pools?.known && [...pools.known.values()].flatMap((each) => [...each.workers.values()]);
    const mayDiffer = (property: (typeof RECREATING)[number]) =>
      args.server[property] !== undefined || !workers || workers.some(({ inputs }) => inputs[property] !== undefined);
    this.#properties = RECREATING.filter(mayDiffer);
    this.#decision = pools && pools.known?.size !== 0 ? decide(component, args, pools.read, foundInThisRun()) : undefined;
  }

  /** Ends when it is decided what is replaced. */
  get decided(): Promise<void> | undefined {
    return this.#decision?.then(() => undefined);
  }

  /** Plan for the state, from which later runs are planned: the pool, and the names of the resources that each run replaces, this one first. */
  get outputs(): { rollout?: pulumi.Output<{ pool: string; steps: string[][] }> } {
    const { pool } = this.#args;
    return this.#decision ? { rollout: pulumi.output(this.#decision.then(({ steps }) => ({ pool, steps }))) } : {};
  }

  /** Returns the arguments in which a server may differ from the others. */
  ofServer(worker: string): Record<string, pulumi.Output<unknown>> {
    const decision = this.#decision;
    if (!decision) return {};
    const value = async (property: (typeof RECREATING)[number]) =>
      ((await decision).held.get(worker)?.inputs ?? this.#args.server)[property];
    return Object.fromEntries(this.#properties.map((property) => [property, pulumi.output(value(property))]));
  }

  /** Returns the replacement trigger of a worker's port: its present one while its machine stays. */
  ofPort(worker: string, wanted: pulumi.Output<string>): pulumi.Output<string> {
    const decision = this.#decision;
    if (!decision) return wanted;
    return pulumi.output(decision.then(({ staying }) => staying.get(worker)?.port?.trigger ?? wanted));
  }
}

/** Reads the pools of a program that has not called prepareRun. There is no state to read in Pulumi's mocks. */
function readPools(): ReturnType<typeof poolsOfThisRun> {
  if (!monitorWithHooks()) return undefined;
  return keepPools(ownStateReader());
}

async function decide(
  component: pulumi.ComponentResource,
  args: RolloutArgs,
  read: Promise<KeptPools | undefined>,
  found: RunFindings | undefined,
): Promise<Decision> {
  const { name, keys, maxSurge } = args;
  const [urn, wanted, networkId, pools] = await Promise.all([
    settled(component.urn),
    wantedInputs(args.server),
    settled(args.networkId),
    read,
  ]);
  const own = pools?.get(String(urn));
  if (!own) return NOTHING;
  const place = { networkId: networkId as string | undefined, hasPorts: args.hasPorts };
  const named = replacedByName();
  const status = (worker: KeptWorker): MachineStatus => {
    if (isReplacedAnyway(worker, place, found, named)) return "broken";
    return changedSettings(worker.inputs, wanted).length > 0 ? "former" : "present";
  };
  const workers = new Map(keys.map((key) => [key, own.workers.get(`${name}-${key}`)]));
  const machines = new Map([...workers].map(([key, worker]) => [key, worker ? status(worker) : "absent"]));
  const plan = planRollout({ machines, maxSurge, leftovers: own.leftovers });
  tell(component, args, plan, own, wanted);
  return decisionOf(name, workers, machines, plan);
}

function decisionOf(
  name: string,
  workers: ReadonlyMap<string, KeptWorker | undefined>,
  machines: ReadonlyMap<string, MachineStatus>,
  { steps }: RolloutPlan,
): Decision {
  const held = new Set(steps.slice(1).flat());
  const named = (isWanted: (key: string) => boolean) =>
    new Map([...workers].flatMap(([key, worker]) => (worker && isWanted(key) ? [[`${name}-${key}`, worker] as const] : [])));
  return {
    held: named((key) => held.has(key)),
    staying: named((key) => held.has(key) || machines.get(key) === "present"),
    steps: steps.map((keys) => keys.map((key) => `${name}-${key}`)),
  };
}

function tell(
  component: pulumi.ComponentResource,
  { name, pool, keys }: RolloutArgs,
  plan: RolloutPlan,
  own: KeptPool,
  wanted: RecreatingInputs,
) {
  const changed = plan.steps.flat().flatMap((key) => changedSettings(own.workers.get(`${name}-${key}`)!.inputs, wanted));
  const line = rolloutLine({ ...plan, pool, size: keys.length, settings: [...new Set(changed)], stack: pulumi.getStack() });
  if (line !== undefined) pulumi.log.warn(line, component);
}

/** Returns whether a machine gets a successor in this run, whatever it is made from. */
function isReplacedAnyway(
  { urn, trigger, isFailed, port, networkId }: KeptWorker,
  place: { networkId: string | undefined; hasPorts: boolean },
  found: RunFindings | undefined,
  named: ReadonlySet<string>,
): boolean {
  const isLost = found !== undefined && trigger !== undefined && (found.triggers.get(urn) ?? "") !== trigger;
  const isNamed = named.has(urn) || named.has(portUrn(urn));
  const isMoved = networkId !== undefined && place.networkId !== undefined && networkId !== place.networkId;
  // What was made for the machine in its former network may go in this run.
  return isFailed || isLost || isNamed || isMoved || place.hasPorts !== (port !== undefined);
}

async function wantedInputs(server: RecreatingInputs): Promise<RecreatingInputs> {
  const given = RECREATING.filter((property) => server[property] !== undefined);
  const values = given.map(async (property) => [property, (await settled(server[property])) ?? UNKNOWN[property]] as const);
  return Object.fromEntries(await Promise.all(values));
}
