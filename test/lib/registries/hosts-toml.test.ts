import { expect, it } from "vitest";
import { registryCredentials } from "../../../lib/registries/credentials.ts";
import { registryFiles } from "../../../lib/registries/hosts-toml.ts";

/** Files by path. */
const filesOf = (settings: Parameters<typeof registryFiles>[0]) =>
  Object.fromEntries(registryFiles(settings).map(({ path, content }) => [path.replace("/etc/containerd/", ""), content]));

it("writes no file without mirrors and CAs", () => {
  expect(registryFiles({ imageRepository: "registry.example.com", mirrors: { _default: [] } })).toEqual([]);
  expect(registryFiles({ hosts: { "registry.example.com": { username: "me", password: "secret" } } })).toEqual([]);
});

it("writes the mirrors of each registry in order, before the registry itself", () => {
  const mirrors = { "registry.k8s.io": ["https://one.example.com", "http://two.example.com:5000/docker"] };
  expect(registryFiles({ mirrors })).toEqual([
    {
      path: "/etc/containerd/certs.d/registry.k8s.io/hosts.toml",
      mode: "0644",
      content: [
        'server = "https://registry.k8s.io"',
        '[host."https://one.example.com"]',
        '  capabilities = ["pull", "resolve"]',
        '[host."http://two.example.com:5000/docker"]',
        '  capabilities = ["pull", "resolve"]',
        "",
      ].join("\n"),
    },
  ]);
});

it("asks Docker Hub's real host after its mirrors", () => {
  expect(filesOf({ mirrors: { "docker.io": ["https://m"] } })["certs.d/docker.io/hosts.toml"]).toBe(
    'server = "https://registry-1.docker.io"\n[host."https://m"]\n  capabilities = ["pull", "resolve"]\n',
  );
});

it.each([
  ["https://harbor.example.com/v2/docker-hub", true],
  ["https://art.example.com/artifactory/api/docker/hub/v2", true],
  ["https://nexus.example.com/repository/docker", false],
  ["https://v2.example.com", false],
])("uses the path of %s as it stands: %s", (url, asItStands) => {
  const { "certs.d/quay.io/hosts.toml": toml } = filesOf({ mirrors: { "quay.io": [url] } });
  expect(toml).toBe(
    `server = "https://quay.io"\n[host."${url}"]\n  capabilities = ["pull", "resolve"]\n${asItStands ? "  override_path = true\n" : ""}`,
  );
});

it("writes the mirrors of all registries without naming a registry after them", () => {
  expect(filesOf({ mirrors: { _default: ["https://m"] } })).toEqual({
    "certs.d/_default/hosts.toml": '[host."https://m"]\n  capabilities = ["pull", "resolve"]\n',
  });
});

it("asks a registry without mirrors by its own name, because containerd 1 ignores a file without a host", () => {
  expect(filesOf({ mirrors: { _default: ["https://m"], "r.example.com": [] } })["certs.d/r.example.com/hosts.toml"]).toBe(
    'server = "https://r.example.com"\n[host."https://r.example.com"]\n  capabilities = ["pull", "resolve"]\n',
  );
});

it("gives a CA to its registry, and to every registry of which its host is a mirror", () => {
  const mirrors = { "quay.io": ["https://m:8443/v2/quay", "https://other"], _default: ["https://m:8443"] };
  expect(filesOf({ mirrors, hosts: { "m:8443": { ca: "PEM" } } })).toEqual({
    "certs.d/quay.io/hosts.toml": [
      'server = "https://quay.io"',
      '[host."https://m:8443/v2/quay"]',
      '  capabilities = ["pull", "resolve"]',
      "  override_path = true",
      '  ca = "/etc/containerd/registry-cas/m:8443.crt"',
      '[host."https://other"]',
      '  capabilities = ["pull", "resolve"]',
      "",
    ].join("\n"),
    "certs.d/_default/hosts.toml": [
      '[host."https://m:8443"]',
      '  capabilities = ["pull", "resolve"]',
      '  ca = "/etc/containerd/registry-cas/m:8443.crt"',
      "",
    ].join("\n"),
    "certs.d/m:8443/hosts.toml": [
      'server = "https://m:8443"',
      'ca = "/etc/containerd/registry-cas/m:8443.crt"',
      '[host."https://m:8443"]',
      '  capabilities = ["pull", "resolve"]',
      '  ca = "/etc/containerd/registry-cas/m:8443.crt"',
      "",
    ].join("\n"),
    "registry-cas/m:8443.crt": "PEM\n",
  });
});

it("tries the mirrors of all registries for one that has only a CA, too", () => {
  const files = filesOf({ mirrors: { _default: ["https://m"] }, hosts: { "r.example.com": { ca: "PEM\n" } } });
  expect(files["certs.d/r.example.com/hosts.toml"]).toBe(
    [
      'server = "https://r.example.com"',
      'ca = "/etc/containerd/registry-cas/r.example.com.crt"',
      '[host."https://m"]',
      '  capabilities = ["pull", "resolve"]',
      "",
    ].join("\n"),
  );
});

it("writes credentials by the host that is asked, quoted for TOML", () => {
  const hosts = {
    "docker.io": { username: "me", password: "p" },
    "m:8443": { username: "robot$ci", password: 'a "b" \\c' },
    "ca-only": { ca: "PEM" },
  };
  expect(registryCredentials({ hosts })).toBe(
    [
      '[plugins."PLUGIN".registry.configs."registry-1.docker.io".auth]',
      '  username = "me"',
      '  password = "p"',
      '[plugins."PLUGIN".registry.configs."m:8443".auth]',
      '  username = "robot$ci"',
      '  password = "a \\"b\\" \\\\c"',
      "",
    ].join("\n"),
  );
});
