import type { Component } from "../component.ts";
import { configurationPath } from "../configuration.ts";

/** libvirt, whose LXC driver runs the instances as system containers. */
export const libvirt: Component = {
  packages: ["libvirt-daemon-system", "libvirt-daemon-driver-lxc", "libvirt-clients"],
  configuration: [{ name: "libvirtd.conf" }, { name: "libvirt-lxc.conf" }],
  services: [{ name: "libvirtd", stage: "base", command: ["libvirtd", "--config", configurationPath("libvirtd.conf")] }],
};
