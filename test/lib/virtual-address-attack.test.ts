import { describe, expect, it } from "vitest";
import { virtualAddressFiles } from "../../lib/control-plane/virtual-address.ts";
import { canHoldAddresses, VrrpNetwork } from "../support/vrrp-network.ts";

const ADDRESS = "10.40.0.5";
const CONTROL_PLANES = { one: "10.40.0.11", two: "10.40.0.12" };
const WORKER = "10.40.1.1";
/** VRRP's multicast group of routers. */
const GROUP = "224.0.0.18";
/** Seconds of an attack. keepalived gives the address up at the first advertisement that it accepts, and logs its sender. */
const SECONDS = 2;

/** Makes keepalived's settings of each machine, as lib/scripts/virtual-address.sh does. */
function configurations(machines: Partial<typeof CONTROL_PLANES>): Record<string, string> {
  const files = virtualAddressFiles({ address: ADDRESS, port: 8443, peers: Object.values(machines), password: "password" });
  const { content } = files.find(({ path }) => path.endsWith("keepalived.conf"))!;
  return Object.fromEntries(
    Object.entries(machines).map(([name, address]) => [
      name,
      content
        .replace("@INTERFACE@", "eth0")
        .replace("@NODE_ADDRESS@", address)
        .replace(new RegExp(`^ *${address.replaceAll(".", "\\.")}\n`, "m"), ""),
    ]),
  );
}

const passwordIn = (configuration: string) => /auth_pass (\S+)/.exec(configuration)![1]!;
const unprotected = (configuration: string) =>
  configuration.replace(/ *check_unicast_src\n/, "").replace(/ *authentication \{[^}]*\}\n/, "");

/** Starts control planes, attacks the holder of the address, and returns whether no machine accepted the attacker's advertisements. */
async function survives(all: Record<string, string>, args: (holder: string) => string[]): Promise<boolean> {
  await using network = await VrrpNetwork.create({ ...CONTROL_PLANES, worker: WORKER });
  const names = Object.keys(all);
  for (const [name, configuration] of Object.entries(all)) network.start(name, configuration);
  const holder = await network.holder(ADDRESS, names);
  await network.attack("worker", SECONDS, args(CONTROL_PLANES[holder as keyof typeof CONTROL_PLANES]));
  return !names.some((name) => /received advert from .* with higher priority 255/i.test(network.log(name)));
}

const other = (holder: string) => Object.values(CONTROL_PLANES).find((address) => address !== holder)!;

describe
  .skipIf(!canHoldAddresses())
  .concurrent("the virtual address under attack (skipped without keepalived, python3 or network namespaces)", { timeout: 180_000 }, () => {
    it("moves to the other control plane when its holder is gone, so they do accept each other", async () => {
      await using network = await VrrpNetwork.create(CONTROL_PLANES);
      const all = configurations(CONTROL_PLANES);
      for (const [name, configuration] of Object.entries(all)) network.start(name, configuration);
      const holder = await network.holder(ADDRESS, Object.keys(all));
      network.kill(holder);
      const others = Object.keys(all).filter((name) => name !== holder);
      expect(await network.holder(ADDRESS, others)).toBe(others[0]);
    });

    it("would be lost to any machine if keepalived accepted every sender", async () => {
      const all = configurations(CONTROL_PLANES);
      const open = Object.fromEntries(Object.entries(all).map(([name, configuration]) => [name, unprotected(configuration)]));
      expect(await survives(open, (holder) => [WORKER, ADDRESS, "", holder])).toBe(false);
    });

    it("withstands a machine that is no control plane, even if it knew the password", async () => {
      const all = configurations(CONTROL_PLANES);
      expect(await survives(all, (holder) => [WORKER, ADDRESS, passwordIn(all.one!), holder, GROUP])).toBe(true);
    });

    it("withstands a machine that sends with a control plane's address, without the password", async () => {
      expect(await survives(configurations(CONTROL_PLANES), (holder) => [other(holder), ADDRESS, "", holder, GROUP])).toBe(true);
    });

    it("withstands a machine that sends with a control plane's address and a guessed password", async () => {
      expect(await survives(configurations(CONTROL_PLANES), (holder) => [other(holder), ADDRESS, "caravan1", holder, GROUP])).toBe(true);
    });

    it("would be lost to a machine that has both, so each of them counts", async () => {
      const all = configurations(CONTROL_PLANES);
      expect(await survives(all, (holder) => [other(holder), ADDRESS, passwordIn(all.one!), holder])).toBe(false);
    });

    it("would be lost with a sole control plane if that had no peer", async () => {
      const alone = configurations({ one: CONTROL_PLANES.one });
      const group = { one: alone.one!.replace(/unicast_peer \{[^}]*\}/, "") };
      expect(await survives(group, () => [WORKER, ADDRESS, passwordIn(alone.one!), GROUP])).toBe(false);
    });

    it("stays with a sole control plane, which listens to no multicast group", async () => {
      const alone = configurations({ one: CONTROL_PLANES.one });
      expect(await survives(alone, (holder) => [WORKER, ADDRESS, passwordIn(alone.one!), holder, GROUP])).toBe(true);
    });
  });
