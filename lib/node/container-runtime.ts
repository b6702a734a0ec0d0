import type { Problems } from "../problems.ts";
import type { NodeFile } from "./files.ts";

/** What containerd has to manage the resources of containers with. */
export const CGROUP_DRIVERS = ["systemd", "cgroupfs"] as const;

/** The driver when nothing is said: that of every Linux with systemd. */
export const DEFAULT_CGROUP_DRIVER = "systemd";

/** Settings of containerd, the container runtime. */
export interface ContainerRuntimeArgs {
  /** What manages the resources of containers; fixed once a node has joined. @default "systemd" */
  cgroupDriver?: (typeof CGROUP_DRIVERS)[number];
  /**
   * Further TOML for containerd, beginning with its version like containerd's own configuration; changed in place.
   * Of a plugin that is named there, containerd 1 takes all settings from there, containerd 2 those that are named. @default none
   */
  configuration?: string;
}

/** containerd's further configuration, if there is one. */
export function containerRuntimeFiles({ configuration }: ContainerRuntimeArgs): NodeFile[] {
  return configuration === undefined ? [] : [{ path: "/etc/containerd/conf.d/caravan.toml", mode: "0644", content: configuration }];
}

/** Notes what is wrong with the settings of containerd. */
export function checkContainerRuntime(
  { cgroupDriver = DEFAULT_CGROUP_DRIVER, configuration }: ContainerRuntimeArgs,
  problems: Problems,
): void {
  if (!CGROUP_DRIVERS.includes(cgroupDriver))
    problems.add("cgroupDriver", `"${cgroupDriver}" is no cgroup driver; use ${CGROUP_DRIVERS.join(" or ")}`);
  if (configuration !== undefined && !/^\s*version\s*=\s*\d/m.test(configuration))
    problems.add(
      "configuration",
      "does not say for which version of containerd's configuration it is; begin it with a line like: version = 2",
    );
}
