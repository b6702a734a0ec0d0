import { describe, expect, it } from "vitest";
import { type MachineFacts, machineProblems, requireCapableMachine } from "../../../devcloud/openstack/preflight.ts";

const gibibyte = 1024 ** 3;
const capable: MachineFacts = {
  root: true,
  system: "debian 12",
  cores: 2,
  availableMemory: 8 * gibibyte,
  freeDisk: 20 * gibibyte,
  missingKernelFeatures: [],
};

describe("machineProblems", () => {
  it("finds no problem on the smallest sufficient machine", () => {
    expect(machineProblems(capable)).toEqual([]);
  });

  it("lists every problem at once, with the value found and the fix", () => {
    const facts: MachineFacts = {
      root: false,
      system: "ubuntu 24.04",
      cores: 1,
      availableMemory: 3.5 * gibibyte,
      freeDisk: 12 * gibibyte,
      missingKernelFeatures: ["loop devices", "VXLAN interfaces"],
    };
    expect(machineProblems(facts)).toEqual([
      "not running as root, which namespaces and mounts need: run the same command with sudo or as root",
      'the system is "ubuntu 24.04", and the OpenStack packages are those of "debian 12": use a Debian 12 (bookworm) machine',
      "1 CPU core, needed are 2: give the machine more, or the flavors with 2 CPUs fit nowhere",
      "3.5 GiB of memory available, needed are 8.0 GiB: stop other programs or add memory",
      "12.0 GiB of disk free below /var/lib, needed are 20.0 GiB: remove files or add a disk",
      "the kernel does not offer loop devices: use a kernel with it, and in a container run it with --privileged",
      "the kernel does not offer VXLAN interfaces: use a kernel with it, and in a container run it with --privileged",
    ]);
  });
});

describe("requireCapableMachine", () => {
  it("throws one error with every problem on its own line", () => {
    expect(() => requireCapableMachine({ ...capable, cores: 1, missingKernelFeatures: ["loop devices"] })).toThrow(
      /^this machine cannot run devcloud:\n- 1 CPU core, .*\n- the kernel does not offer loop devices: .*$/,
    );
  });
});
