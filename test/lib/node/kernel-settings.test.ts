import { expect, it } from "vitest";
import { kernelSettings } from "../../../lib/node/kernel-settings.ts";

it("loads the modules that containers and bridges need, and sets sysctls, at every boot", () => {
  const [modules, sysctl] = kernelSettings();
  expect(modules).toEqual({ path: "/etc/modules-load.d/caravan.conf", mode: "0644", content: "overlay\nbr_netfilter\n" });
  expect(sysctl).toMatchObject({ path: "/etc/sysctl.d/90-caravan.conf", mode: "0644" });
  expect(sysctl?.content).toMatch(/^([a-z][a-z0-9_.-]* = \d+\n)+$/);
});

it("forwards packets, and keeps the neighbours of a thousand nodes", () => {
  const lines = kernelSettings()[1]?.content.split("\n");
  expect(lines).toContain("net.ipv4.ip_forward = 1");
  expect(lines?.filter((line) => line.includes("gc_thresh"))).toEqual([
    "net.ipv4.neigh.default.gc_thresh1 = 4096",
    "net.ipv4.neigh.default.gc_thresh2 = 8192",
    "net.ipv4.neigh.default.gc_thresh3 = 16384",
  ]);
});

it("sets given sysctls as well, which win", () => {
  const lines = kernelSettings({ "net.ipv4.neigh.default.gc_thresh1": 8192, "net.core.somaxconn": 4096 })[1]?.content.split("\n");
  expect(lines?.filter((line) => /gc_thresh1|somaxconn/.test(line))).toEqual([
    "net.ipv4.neigh.default.gc_thresh1 = 8192",
    "net.core.somaxconn = 4096",
  ]);
});
