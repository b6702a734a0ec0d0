import { expect, it } from "vitest";
import { checkRegistries, registryFiles } from "../../../lib/node/registries.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (mirrors: Record<string, string[]>) => problemsOf((problems) => checkRegistries({ mirrors }, problems));

it("writes no file without mirrors", () => {
  expect(registryFiles({ imageRepository: "registry.example.com" })).toEqual([]);
});

it("writes the mirrors of each registry in order", () => {
  const mirrors = {
    "docker.io": ["https://one.example.com", "http://two.example.com:5000/v2"],
    "registry.k8s.io": ["https://one.example.com"],
  };
  expect(registryFiles({ mirrors })).toEqual([
    {
      path: "/etc/containerd/certs.d/docker.io/hosts.toml",
      mode: "0644",
      content:
        'server = "https://docker.io"\n' +
        '[host."https://one.example.com"]\n  capabilities = ["pull", "resolve"]\n' +
        '[host."http://two.example.com:5000/v2"]\n  capabilities = ["pull", "resolve"]\n',
    },
    {
      path: "/etc/containerd/certs.d/registry.k8s.io/hosts.toml",
      mode: "0644",
      content: 'server = "https://registry.k8s.io"\n[host."https://one.example.com"]\n  capabilities = ["pull", "resolve"]\n',
    },
  ]);
});

it("accepts registries with ports and mirrors with paths", () => {
  expect(check({ "registry.example.com:5000": ["https://mirror.example.com:8443/docker"], "docker.io": [] })).toEqual([]);
});

it("refuses invalid registries and URLs", () => {
  expect(check({ "https://docker.io": ["mirror.example.com", "https://"], "docker.io": ['https://a"b'] })).toEqual([
    'mirrors["https://docker.io"]: "https://docker.io" is not a registry; write its host, like registry.k8s.io',
    'mirrors["https://docker.io"][0]: "mirror.example.com" is not a URL; write it like https://mirror.example.com',
    'mirrors["https://docker.io"][1]: "https://" is not a URL; write it like https://mirror.example.com',
    'mirrors["docker.io"][0]: "https://a"b" is not a URL; write it like https://mirror.example.com',
  ]);
});
