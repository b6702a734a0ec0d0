import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { cloudSettings } from "../../../clients/openstack/cloud-settings.ts";

// What is read from where is tested by the cases of cloud-cases.test.ts.

/** Writes clouds.yaml, and returns the environment that names it. */
function file(text: string): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "clouds-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "clouds.yaml");
  writeFileSync(path, text);
  return { OS_CLIENT_CONFIG_FILE: path };
}

const CLOUDS = `
clouds:
  lab:
    auth: { auth_url: "https://lab.example.com:5000", username: ann, project_name: web }
    region_name: west
    interface: internal
    verify: false
    cacert: "-----BEGIN CERTIFICATE-----"
    cert: "-----BEGIN CERTIFICATE-----"
`;

it("reads a cloud, with certificates as text, and no certificate without its key", () => {
  expect(cloudSettings({}, { ...file(CLOUDS), OS_CLOUD: "lab", OS_ENDPOINT_TYPE: "internalURL" })).toEqual({
    authUrl: "https://lab.example.com:5000/v3",
    auth: { username: "ann", project_name: "web" },
    region: "west",
    interface: "internal",
    tls: { ca: Buffer.from("-----BEGIN CERTIFICATE-----"), rejectUnauthorized: false },
    endpointOverrides: {},
    remarks: [],
  });
});

it("says that the interface of clouds.yaml has no effect", () => {
  expect(cloudSettings({ cloud: "lab" }, file(CLOUDS)).remarks).toEqual([
    `the public endpoints of OpenStack are used, because Pulumi's OpenStack plugin does not read the interface "internal" from clouds.yaml or OS_INTERFACE; to use those, set OS_ENDPOINT_TYPE=internal`,
  ]);
});

it("names the fix when no cloud is configured", () => {
  expect(() => cloudSettings({}, {})).toThrow("set OS_CLOUD to a cloud of clouds.yaml, or OS_AUTH_URL");
});

it("never quotes a file that cannot be parsed, because it may hold a password", () => {
  const environment = file("clouds:\n  lab:\n    auth: { password: hidden\n  other: ]");
  expect(() => cloudSettings({ cloud: "lab" }, environment)).toThrow(/^(?!.*hidden)[\s\S]*cannot be read as YAML/);
});
