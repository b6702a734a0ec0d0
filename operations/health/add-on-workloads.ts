import { ADD_ON_LABEL } from "../../lib/add-ons/object.ts";
import type { AddOnWorkload } from "../../lib/health/observations.ts";
import type { StateResource } from "../state/stack-state.ts";

/** Type tokens of the workloads that the health check lists. */
const TYPES = ["kubernetes:apps/v1:DaemonSet", "kubernetes:apps/v1:Deployment"];

interface Metadata {
  name: string;
  namespace: string;
  labels?: Readonly<Record<string, string>>;
}

/** Lists the workloads of add-ons in a state. */
export function addOnWorkloads(resources: readonly StateResource[]): AddOnWorkload[] {
  return resources
    .filter(({ type }) => TYPES.includes(type))
    .flatMap(({ type, inputs }) => {
      const { name, namespace, labels } = (inputs?.metadata ?? {}) as Metadata;
      const addOn = labels?.[ADD_ON_LABEL];
      return addOn === undefined ? [] : [{ addOn, kind: type.split(":").at(-1)!, namespace, name }];
    });
}
