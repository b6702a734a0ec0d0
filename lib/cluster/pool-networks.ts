import type { AnyOf } from "../any-of.ts";
import { checkOverlaps, machineCapacity } from "../network/cidr.ts";
import { checkUsableCidr } from "../network/rules.ts";
import type { NetworkSettings } from "../network/settings.ts";
import { isPoolSize, nodeKeys } from "../pool/node-keys.ts";
import type { MachinePoolSettings, PoolNetworkSettings, PoolSettings } from "../pool/settings.ts";
import { Problems } from "../problems.ts";

/** Network of a pool's own, with the number of machines of all pools in it. */
interface PoolNetwork extends PoolNetworkSettings {
  property: string;
  machines: number;
}

/**
 * Checks the networks of pools: each is apart from all other networks, because nodes reach each other by routes, and has room.
 * @param others well-formed networks of nodes, pods and Services, by property
 */
export function checkPoolNetworks(
  pools: Readonly<Record<string, PoolSettings>>,
  { adopt }: AnyOf<NetworkSettings>,
  others: Readonly<Record<string, string>>,
  problems: Problems,
): void {
  const networks = networksOf(pools);
  networks.forEach(({ property, cidr, subnetId, machines }, place) => {
    for (const [other, otherCidr] of Object.entries(others)) {
      const isSame = other === "network.cidr" && subnetId === adopt?.subnetId;
      if (!isSame) checkOverlaps({ [other]: otherCidr, [property]: cidr }, problems);
    }
    for (const other of networks.slice(0, place)) checkOverlaps({ [other.property]: other.cidr, [property]: cidr }, problems);
    const room = machineCapacity(cidr);
    if (room < machines) problems.add(property, `${cidr} has room for ${room} machines, too few for ${machines}; use a shorter prefix`);
  });
}

/** Lists the networks of pools, each once. Malformed ones are left out: they are reported elsewhere. */
function networksOf(pools: Readonly<Record<string, PoolSettings>>): PoolNetwork[] {
  const found: PoolNetwork[] = [];
  for (const [pool, settings] of Object.entries(pools)) {
    if (!("count" in settings) || !settings.network || !checkUsableCidr("", settings.network.cidr, new Problems())) continue;
    const { subnetId, cidr } = settings.network;
    const earlier = found.find((each) => each.subnetId === subnetId && each.cidr === cidr);
    if (earlier) earlier.machines += sizeOf(settings);
    else found.push({ ...settings.network, property: `pools.${pool}.network.cidr`, machines: sizeOf(settings) });
  }
  return found;
}

function sizeOf(pool: MachinePoolSettings): number {
  return isPoolSize(pool.count) ? nodeKeys(pool).length : 0;
}
