import { secret } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { createCa } from "../../../lib/pki/certificates.ts";
import { checkRegistries } from "../../../lib/registries/rules.ts";
import type { RegistryHostSettings } from "../../../lib/registries/settings.ts";
import { problemsOf } from "../../support/problems.ts";

const checkMirrors = (mirrors: Record<string, string[]>) => problemsOf((problems) => checkRegistries({ mirrors }, problems));
const checkHost = (settings: RegistryHostSettings) => problemsOf((problems) => checkRegistries({ hosts: { r: settings } }, problems));

it("accepts registries with ports, all registries, and mirrors with paths", () => {
  expect(
    checkMirrors({
      "registry.example.com:5000": ["https://mirror.example.com:8443/docker", "https://harbor.example.com/v2/hub"],
      "docker.io": [],
      _default: ["http://mirror"],
    }),
  ).toEqual([]);
});

it("refuses invalid registries and URLs", () => {
  expect(checkMirrors({ "https://docker.io": ["mirror.example.com", "https://"], "docker.io": ['https://a"b', "https://a/\\"] })).toEqual([
    'mirrors["https://docker.io"]: "https://docker.io" is not a registry; write its host, like registry.k8s.io',
    'mirrors["https://docker.io"][0]: "mirror.example.com" is not a URL; write it like https://mirror.example.com',
    'mirrors["https://docker.io"][1]: "https://" is not a URL; write it like https://mirror.example.com',
    'mirrors["docker.io"][0]: "https://a"b" is not a URL; write it like https://mirror.example.com',
    'mirrors["docker.io"][1]: "https://a/\\" is not a URL; write it like https://mirror.example.com',
  ]);
});

it("names no password that is in a mirror's URL or in the name of a host", () => {
  expect(checkMirrors({ "docker.io": ["https://me:secret@m.example.com:8443/v2/hub", "me:secret@m.example.com"] })).toEqual([
    'mirrors["docker.io"][0]: "https://***@m.example.com:8443/v2/hub" has credentials, which would be written in the clear; write them in hosts["m.example.com:8443"]',
    'mirrors["docker.io"][1]: "***@m.example.com" is not a URL; write it like https://mirror.example.com',
  ]);
});

it("accepts certificates, credentials, both, and values that become known later", async () => {
  const { certificate } = await createCa("registry");
  const credentials = { username: "robot$ci", password: 'a "quoted" \\ word' };
  for (const host of [{ ca: certificate }, { ca: certificate + certificate }, credentials, { ca: certificate, ...credentials }])
    expect(checkHost(host)).toEqual([]);
  expect(checkHost({ ca: secret("x"), username: secret("a:b"), password: secret("\n") })).toEqual([]);
});

it("refuses a file with a key, and a certificate that cannot be read", async () => {
  const { certificate, privateKey } = await createCa("registry");
  const refused = ['hosts["r"].ca: is not the PEM of certificates; write them with their lines BEGIN CERTIFICATE and END CERTIFICATE'];
  expect(checkHost({ ca: certificate + privateKey })).toEqual(refused);
  expect(checkHost({ ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" })).toEqual(refused);
});
