import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

const files = ["common.sh", "containerd-runtimes.sh", "containerd-credentials.sh", "containerd-registries.sh", "prepare-containerd.sh"];
const input = { CGROUP_DRIVER: "systemd", IMAGE_REPOSITORY: "", REGISTRY_CREDENTIALS: "", FILES: "" };
const DEFAULT = 'version = 2\n[plugins."cri".containerd.runtimes.runc.options]\n  SystemdCgroup = false\n';

/** Configures containerd for the systemd cgroup driver. `dump` is what it makes of its configuration. */
function configure(dump: string) {
  const stub = `containerd() { record containerd "\${@: -1}"; [[ \${@: -1} == default ]] && printf '%s' '${DEFAULT}' || printf '%s' '${dump}'; }`;
  const result = node.run(files.map(readScript).join("\n"), "run containerd configure_containerd", input, stub);
  return { ...result, settings: node.read("etc/containerd/config.toml") };
}

/** Part of containerd's configuration for a runtime. */
const runtime = (plugin: string, name: string, type = "io.containerd.runc.v2", options = "") =>
  `[plugins.${plugin}.containerd.runtimes.${name}]\n  runtime_type = "${type}"\n${options}`;
const options = (plugin: string, name: string, lines: string) => `[plugins.${plugin}.containerd.runtimes.${name}.options]\n${lines}`;

it.each(['"io.containerd.grpc.v1.cri"', "'io.containerd.cri.v1.runtime'"])(
  "keeps the runtimes of a GPU image in %s, and gives them the cgroup driver",
  (plugin) => {
    node.write("etc/containerd/config.toml", 'disabled_plugins = ["cri"]\nwhat nvidia-ctk wrote\n');
    const nvidia = runtime(plugin, "nvidia", undefined, options(plugin, "nvidia", '  BinaryName = "nvidia-container-runtime"\n'));
    const runc = runtime(plugin, "runc", undefined, options(plugin, "runc", "  SystemdCgroup = false\n"));
    const kata = runtime(plugin, "kata", "io.containerd.kata.v2");
    const bare = runtime(plugin, '"bare"');
    const cni = `[plugins.${plugin}.cni]\n  bin_dir = "/usr/lib/cni"\n`;
    const dump = `imports = ["/etc/containerd/conf.d/99-nvidia.toml"]\n${cni}${bare}${kata}${nvidia}${runc}`;
    const { code, stderr, settings } = configure(dump.replaceAll("'", "'\\''"));
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^web-1: keeps the runtimes of its containerd: bare kata nvidia\nweb-1: containerd \(\d s\)\n$/),
    ]);
    expect(settings.replaceAll(node.folder, "")).toBe(
      `imports = []\n${cni.replace("/usr/lib", "/opt").replace('cni"\n', 'cni/bin"\n')}${bare}${kata}` +
        `${nvidia.replace("options]\n", "options]\nSystemdCgroup = true\n")}${runc.replace("false", "true")}` +
        `${options(plugin, '"bare"', "SystemdCgroup = true\n")}`,
    );
    expect(node.read("etc/containerd/config.toml.before-caravan")).toBe('disabled_plugins = ["cri"]\nwhat nvidia-ctk wrote\n');
    expect(configure("not asked any more").settings).toBe(settings);
  },
);

it("replaces a configuration without further runtimes by the default, and keeps a copy of it", () => {
  node.write("etc/containerd/config.toml", "what the package wrote\n");
  expect(configure(DEFAULT).settings).toBe(DEFAULT.replace("false", "true"));
  expect(node.read("etc/containerd/config.toml.before-caravan")).toBe("what the package wrote\n");
});

it("gives a runtime the cgroup driver in a configuration that was made for Kubernetes", () => {
  const before =
    runtime('"cri"', "nvidia", undefined, options('"cri"', "nvidia", '  BinaryName = "nvidia"\n')) +
    runtime('"cri"', "runc", undefined, options('"cri"', "runc", "  SystemdCgroup = true\n"));
  node.write("etc/containerd/config.toml", before);
  expect(configure("").settings).toBe(before.replace("nvidia.options]\n", "nvidia.options]\nSystemdCgroup = true\n"));
  expect(node.calls).toEqual([]);
});

it("fails with the reason where containerd cannot read its configuration", () => {
  node.write("etc/containerd/config.toml", "broken\n");
  const stub = "containerd() { return 1; }";
  expect(node.run(files.map(readScript).join("\n"), "run containerd configure_containerd", input, stub)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "web-1: failed: containerd cannot read its present /etc/containerd/config.toml; correct or remove it there\n",
    ),
  });
});
