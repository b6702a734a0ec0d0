import type { Versions } from "../../lib/upgrade/judge.ts";
import { revealed } from "../state/secret-values.ts";
import { nameOf, resourcesOf, type StackState } from "../state/stack-state.ts";
import { COMPONENTS, STASH } from "../state/types.ts";

/** Returns the versions with which a cluster's control planes were last made or upgraded; `undefined` when the state does not say. */
export function recordedVersions(state: StackState, cluster: string): Versions | undefined {
  const component = resourcesOf(state).find(({ type, urn }) => type === COMPONENTS.cluster && nameOf(urn) === cluster);
  return revealed(component?.outputs?.versions) as Versions | undefined;
}

/** Returns the version that an earlier release of this library recorded at the creation. It could not be changed then. Needs a state with plain secrets. */
export function firstVersion(state: StackState, cluster: string): Versions | undefined {
  const recorded = resourcesOf(state).find(({ type, urn }) => type === STASH && nameOf(urn) === `${cluster}-fixed`);
  const { kubernetesVersion } = (revealed(recorded?.outputs?.output) ?? {}) as { kubernetesVersion?: string };
  return kubernetesVersion === undefined ? undefined : { kubernetes: kubernetesVersion };
}
