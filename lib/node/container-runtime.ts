import type { Problems } from "../problems.ts";
import type { NodeFile } from "./files.ts";
import { CGROUP_DRIVERS, type ContainerRuntimeSettings } from "./settings.ts";

/** Default cgroup driver: that of every Linux with systemd. */
export const DEFAULT_CGROUP_DRIVER = "systemd";

/** Makes the file of containerd's further configuration, if one is given. */
export function containerRuntimeFiles({ configuration }: ContainerRuntimeSettings): NodeFile[] {
  return configuration === undefined ? [] : [{ path: "/etc/containerd/conf.d/caravan.toml", mode: "0644", content: configuration }];
}

/** Checks the settings of containerd. */
export function checkContainerRuntime(
  { cgroupDriver = DEFAULT_CGROUP_DRIVER, configuration }: ContainerRuntimeSettings,
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
