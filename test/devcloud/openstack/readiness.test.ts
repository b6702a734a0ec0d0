import { describe, expect, it } from "vitest";
import { silentServices } from "../../../devcloud/openstack/inside/readiness.ts";

const start = new Date("2026-03-01T12:00:00.700Z");
const binaries = [
  "nova-conductor",
  "nova-scheduler",
  "nova-compute",
  "neutron-linuxbridge-agent",
  "neutron-dhcp-agent",
  "neutron-l3-agent",
  "neutron-metadata-agent",
];

function heartbeats(reported: string | null, alive = true) {
  return binaries.map((binary) => ({ binary, alive, reported }));
}

describe("silentServices", () => {
  it("accepts reports since the start, whose times have no fractions", () => {
    expect(silentServices(heartbeats("2026-03-01T12:00:00.000000"), start)).toEqual([]);
    expect(silentServices(heartbeats("2026-03-01 12:00:00"), start)).toEqual([]);
  });

  it("ignores reports of an earlier run, even if they count as alive", () => {
    expect(silentServices(heartbeats("2026-03-01T11:59:59"), start)).toEqual(binaries);
  });

  it("accepts a new service that has not reported again yet", () => {
    expect(silentServices(heartbeats(null), start)).toEqual([]);
  });

  it("waits for a service that is not alive or missing", () => {
    expect(silentServices(heartbeats("2026-03-01T12:00:05", false), start)).toEqual(binaries);
    expect(silentServices([], start)).toEqual(binaries);
  });
});
