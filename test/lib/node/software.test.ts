import { expect, it } from "vitest";
import { containerRuntimeFiles } from "../../../lib/node/container-runtime.ts";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { kernelSettings } from "../../../lib/node/kernel-settings.ts";
import { networkDaemonSettings } from "../../../lib/node/network-daemon.ts";
import { preparationInput } from "../../../lib/node/software.ts";
import { proxyFiles } from "../../../lib/proxy/files.ts";
import { registryCredentials } from "../../../lib/registries/credentials.ts";
import { registryFiles } from "../../../lib/registries/hosts-toml.ts";

it("uses the community's packages of the minor version by default", () => {
  expect(preparationInput({ kubernetesVersion: "1.36.3" })).toEqual({
    KUBERNETES_VERSION: "1.36.3",
    PACKAGE_REPOSITORY: "https://pkgs.k8s.io/core:/stable:/v1.36/deb/",
    PACKAGE_KEY: "DE15B14486CD377B9E876E1A234654DA9A296436",
    CGROUP_DRIVER: "systemd",
    IGNORED_CHECKS: "",
    IMAGE_REPOSITORY: "",
    REGISTRY_CREDENTIALS: "",
    USER_FILES: "",
    SOFTWARE_FILES: encodeNodeFiles([...kernelSettings(), networkDaemonSettings()]),
    PREPARATION: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
});

it.each(["https://packages.example.com/v{minor}", "https://packages.example.com/v{minor}/", "https://packages.example.com/v{minor}//"])(
  "takes packages from %s",
  (packageRepository) => {
    const input = preparationInput({ kubernetesVersion: "1.34.9", packageRepository });
    expect(input.PACKAGE_REPOSITORY).toBe("https://packages.example.com/v1.34/");
  },
);

it("configures the container runtime with the pool's settings", () => {
  const containerRuntime = { cgroupDriver: "cgroupfs" as const, configuration: "version = 2\n" };
  const input = preparationInput({ kubernetesVersion: "1.36.3", containerRuntime });
  expect(input.CGROUP_DRIVER).toBe("cgroupfs");
  expect(input.SOFTWARE_FILES).toBe(
    encodeNodeFiles([...kernelSettings(), networkDaemonSettings(), ...containerRuntimeFiles(containerRuntime)]),
  );
});

it("writes the mirrors of registries before containerd starts", () => {
  const registries = { mirrors: { "docker.io": ["https://mirror.example.com"] } };
  const input = preparationInput({ kubernetesVersion: "1.36.3", registries });
  expect(input.SOFTWARE_FILES).toBe(encodeNodeFiles([...kernelSettings(), networkDaemonSettings(), ...registryFiles(registries)]));
});

it("gives a machine its proxies, the repository of its sandbox image, and credentials", () => {
  const registries = { imageRepository: "r:5000/kubernetes", hosts: { "r:5000": { username: "me", password: "secret" } } };
  const proxy = { https: "http://proxy:3128", no: ["packages.example.com"] };
  const packageRepository = "https://packages.example.com/{minor}/";
  const input = preparationInput({ kubernetesVersion: "1.36.3", registries, proxy, packageRepository });
  expect(input.IMAGE_REPOSITORY).toBe("r:5000/kubernetes");
  expect(input.REGISTRY_CREDENTIALS).toBe(registryCredentials(registries));
  expect(input.SOFTWARE_FILES).toBe(
    encodeNodeFiles([...kernelSettings(), networkDaemonSettings(), ...proxyFiles(proxy, "https://packages.example.com/1.36/")]),
  );
});
