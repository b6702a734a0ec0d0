import { describe, expect, it } from "vitest";
import { statusReport } from "../../../devcloud/openstack/status.ts";

const states = [{ stage: "base", name: "mariadb", state: "RUNNING", detail: "pid 34, uptime 0:04:20" }];
const memory = { services: 3.25 * 1024 ** 3, instances: 0 };

describe("statusReport", () => {
  it("shows services, machines and memory as tables", () => {
    const servers = [{ name: "node-1", status: "ACTIVE", addresses: ["10.0.0.5", "172.24.4.9"] }];
    expect(statusReport(states, servers, memory)).toBe(`service  state    since
mariadb  RUNNING  pid 34, uptime 0:04:20

machine  state   addresses
node-1   ACTIVE  10.0.0.5 172.24.4.9

memory: services 3.3 GiB, machines 0.0 GiB`);
  });

  it("reports that the APIs do not answer", () => {
    expect(statusReport(states, undefined, memory)).toContain("machines: the APIs do not answer");
  });
});
