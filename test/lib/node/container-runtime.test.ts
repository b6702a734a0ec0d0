import { expect, it } from "vitest";
import { checkContainerRuntime, containerRuntimeFiles } from "../../../lib/node/container-runtime.ts";
import type { ContainerRuntimeSettings } from "../../../lib/node/settings.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (containerRuntime: object) =>
  problemsOf((problems) => checkContainerRuntime(containerRuntime as ContainerRuntimeSettings, problems));

it("writes the pool's part of containerd's configuration, if one is given", () => {
  expect(containerRuntimeFiles({})).toEqual([]);
  expect(containerRuntimeFiles({ configuration: "version = 2\n" })).toEqual([
    { path: "/etc/containerd/conf.d/caravan.toml", mode: "0644", content: "version = 2\n" },
  ]);
});

it("accepts both cgroup drivers, and a configuration with its version", () => {
  for (const cgroupDriver of ["systemd", "cgroupfs"]) expect(check({ cgroupDriver })).toEqual([]);
  expect([check({}), check({ configuration: "# mine\nversion = 3\n[debug]\n" })]).toEqual([[], []]);
});

it("names all problems", () => {
  expect(check({ cgroupDriver: "crun", configuration: "[debug]\n" })).toEqual([
    'cgroupDriver: "crun" is no cgroup driver; use systemd or cgroupfs',
    "configuration: does not say for which version of containerd's configuration it is; begin it with a line like: version = 2",
  ]);
});
