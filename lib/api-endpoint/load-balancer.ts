import type { AnyOf } from "../any-of.ts";
import { checkId } from "../ids.ts";
import type { Problems } from "../problems.ts";
import {
  ALGORITHMS,
  type ApiEndpointSettings,
  type LoadBalancerAlgorithm,
  type LoadBalancerEndpointSettings,
  type LoadBalancerMonitor,
  MONITORS,
} from "./settings.ts";

/** Abilities of a provider; the first algorithm and monitor are its defaults. */
interface Abilities {
  algorithms: readonly LoadBalancerAlgorithm[];
  monitors: readonly LoadBalancerMonitor[];
  /** True when a listener takes the networks of its clients. */
  filters: boolean;
}

/** Abilities of providers, of which no algorithm is common to all (octavia: amphora_driver/v2/driver.py; ovn_octavia_provider/driver.py). */
const AMPHORA: Abilities = { algorithms: ["LEAST_CONNECTIONS", "ROUND_ROBIN", "SOURCE_IP"], monitors: MONITORS, filters: true };
const PROVIDERS: Readonly<Record<string, Abilities>> = {
  amphora: AMPHORA,
  // Deprecated alias.
  octavia: AMPHORA,
  // OVN keeps the clients' addresses, so the control planes' security group lets in or out.
  ovn: { algorithms: ["SOURCE_IP_PORT"], monitors: ["TCP"], filters: false },
};

/** Abilities of a provider that is not known here: what it cannot do, Octavia refuses. */
const OTHER: Abilities = { algorithms: ALGORITHMS, monitors: MONITORS, filters: true };

/** Provider, algorithm and monitor as they are given. */
type Given = Pick<LoadBalancerEndpointSettings, "provider" | "algorithm" | "monitor">;

/** Settings of a load balancer that follow from its provider. */
export interface ProviderSettings {
  algorithm: LoadBalancerAlgorithm;
  monitor: LoadBalancerMonitor;
  filters: boolean;
}

/** Checks the settings of a load balancer against what its provider can do. */
export function checkLoadBalancer({ provider, algorithm, monitor, flavorId }: AnyOf<ApiEndpointSettings>, problems: Problems): void {
  checkChoice("algorithm", algorithm, ALGORITHMS, provider, abilitiesOf(provider).algorithms, problems);
  checkChoice("monitor", monitor, MONITORS, provider, abilitiesOf(provider).monitors, problems);
  checkId("flavorId", flavorId, "loadbalancer flavor", problems);
  if (provider === "ovn" && flavorId !== undefined)
    problems.add("flavorId", 'is given, but the provider "ovn" has no flavors; leave it out');
}

/** Returns the settings for the provider that a load balancer has. A given provider that it does not have is an error. */
export function providerSettings({ provider, algorithm, monitor }: Given, actual: string): ProviderSettings {
  const isSame = provider === undefined || provider === actual || PROVIDERS[provider] === PROVIDERS[actual];
  if (!isSame) {
    throw new Error(
      `provider "${provider}" is not that of the load balancer, "${actual}", and it cannot be changed in place; write "${actual}", or make a new cluster`,
    );
  }
  const { algorithms, monitors, filters } = abilitiesOf(actual);
  return { algorithm: algorithm ?? algorithms[0]!, monitor: monitor ?? monitors[0]!, filters };
}

function abilitiesOf(provider = ""): Abilities {
  return PROVIDERS[provider] ?? OTHER;
}

function checkChoice<T extends string>(
  property: string,
  given: T | undefined,
  all: readonly T[],
  provider: string | undefined,
  possible: readonly T[],
  problems: Problems,
): void {
  if (given === undefined) return;
  if (!all.includes(given)) problems.add(property, `"${given}" is no ${property} of a load balancer; use ${all.join(", ")}`);
  else if (!possible.includes(given))
    problems.add(property, `"${given}" is not possible with the provider "${provider}"; use ${possible.join(", ")}, or leave it out`);
  else if (provider === undefined && !isCommon(given))
    problems.add(
      property,
      `"${given}" is not possible with every provider; name the provider as well, like provider: amphora, or leave it out`,
    );
}

/** Returns whether all known providers can do something. */
function isCommon(choice: string): boolean {
  return Object.values(PROVIDERS).every(({ algorithms, monitors }) => [...algorithms, ...monitors].some((each) => each === choice));
}
