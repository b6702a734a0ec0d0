import { type RecreatingInputs, recreatingInputs } from "../../lib/pool/machine-inputs.ts";
import { isSecret } from "../state/secret-values.ts";
import { nameOf, resourcesOf, type StackState, type StateResource, typeOf } from "../state/stack-state.ts";
import { COMPONENTS, TYPES } from "../state/types.ts";

/** Machine of a worker in the state of its stack. */
export interface KeptWorker {
  urn: string;
  /** Inputs of its server whose change recreates it. */
  inputs: RecreatingInputs;
  /** Port that was made before its server. @default Nova made it */
  port?: { trigger: string };
  /** Network of its port; `undefined` when the state does not tell. */
  networkId: string | undefined;
  /** Replacement trigger; `undefined` for a server that was created without one. */
  trigger: string | undefined;
  /** Set when its creation has failed: Pulumi recreates it. */
  isFailed: boolean;
}

/** Machines of a pool in the state of its stack. */
export interface KeptPool {
  /** Machines by the names of their resources. */
  workers: ReadonlyMap<string, KeptWorker>;
  /** Machines that were replaced and are still to be deleted. */
  leftovers: number;
}

interface KeptResource extends StateResource {
  replacementTrigger?: unknown;
  initErrors?: readonly string[] | null;
}

/** Returns the machines of the pools in a state, by the URNs of their components. */
export function keptPools(state: StackState): Map<string, KeptPool> {
  const parts = (resourcesOf(state) as readonly KeptResource[]).filter(({ parent = "" }) => typeOf(parent) === COMPONENTS.pool);
  const byPool = Map.groupBy(parts, ({ parent }) => parent!);
  return new Map([...byPool].map(([urn, own]) => [urn, keptPool(own)]));
}

function keptPool(parts: readonly KeptResource[]): KeptPool {
  const servers = parts.filter(({ type, id }) => type === TYPES.server && id);
  const present = parts.filter((each) => !each.delete);
  const ports = new Map(present.flatMap((each) => (each.type === TYPES.port ? [[nameOf(each.urn), each] as const] : [])));
  const workers = servers.flatMap((server) => {
    const worker = server.delete ? undefined : keptWorker(server, ports.get(nameOf(server.urn)));
    return worker ? [[nameOf(server.urn), worker] as const] : [];
  });
  return { workers: new Map(workers), leftovers: servers.filter((each) => each.delete).length };
}

/** Returns `undefined` for a server whose inputs are secrets: they cannot be compared. */
function keptWorker({ urn, inputs = {}, ...server }: KeptResource, port: KeptResource | undefined): KeptWorker | undefined {
  const own = recreatingInputs(inputs);
  if (isSecret(own)) return undefined;
  const [network] = Array.isArray(inputs.networks) ? (inputs.networks as { uuid?: unknown }[]) : [];
  return {
    urn,
    inputs: own,
    ...(port ? { port: { trigger: textOf(port.replacementTrigger) ?? "" } } : {}),
    networkId: textOf(port ? port.inputs?.networkId : network?.uuid),
    trigger: textOf(server.replacementTrigger),
    isFailed: (server.initErrors ?? []).length > 0,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
