import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { cloudSettings } from "../../../clients/openstack/cloud-settings.ts";

/** Writes clouds.yaml and secure.yaml, and returns the environment that names them. */
function files(contents: Record<string, string>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "clouds-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text);
  return { OS_CLIENT_CONFIG_FILE: join(folder, "clouds.yaml") };
}

const CLOUDS = `
clouds:
  lab:
    auth: { auth_url: "https://lab.example.com:5000", username: ann, project_name: web }
    region_name: west
    interface: internal
    verify: false
  shop:
    auth: { auth_url: "https://shop.example.com/identity/v3/", application_credential_id: a1 }
`;

it("reads the cloud that OS_CLOUD names", () => {
  expect(cloudSettings({}, { ...files({ "clouds.yaml": CLOUDS }), OS_CLOUD: "lab" })).toEqual({
    authUrl: "https://lab.example.com:5000/v3",
    auth: { username: "ann", project_name: "web" },
    region: "west",
    interface: "internal",
    tls: { rejectUnauthorized: false },
  });
});

it("prefers a given cloud and region", () => {
  const environment = { ...files({ "clouds.yaml": CLOUDS }), OS_CLOUD: "lab" };
  expect(cloudSettings({ cloud: "shop", region: "east" }, environment)).toMatchObject({
    authUrl: "https://shop.example.com/identity/v3",
    region: "east",
  });
});

it("adds the secrets of secure.yaml and a password of the environment", () => {
  const secure = "clouds: { shop: { auth: { application_credential_secret: hidden } } }";
  const environment = files({ "clouds.yaml": CLOUDS, "secure.yaml": secure });
  expect(cloudSettings({ cloud: "shop" }, environment).auth).toEqual({
    application_credential_id: "a1",
    application_credential_secret: "hidden",
  });
  expect(cloudSettings({ cloud: "lab" }, { ...environment, OS_PASSWORD: "given", OS_PROJECT_ID: "of another cloud" }).auth).toEqual({
    username: "ann",
    project_name: "web",
    password: "given",
  });
});

it("reads OS_* variables, by their former names as well", () => {
  const environment = {
    OS_AUTH_URL: "http://keystone.example.com/v2.0",
    OS_USERNAME: "ann",
    OS_PASSWORD: "given",
    OS_TENANT_NAME: "web",
    OS_REGION_NAME: "west",
    OS_ENDPOINT_TYPE: "adminURL",
    OS_INSECURE: "True",
    OS_PROJECT_DOMAIN_NAME: "",
  };
  expect(cloudSettings({}, environment)).toEqual({
    authUrl: "http://keystone.example.com/v3",
    auth: { username: "ann", password: "given", project_name: "web" },
    region: "west",
    interface: "admin",
    tls: { rejectUnauthorized: false },
  });
});

it("reads the CA's certificate", () => {
  const environment = files({ "clouds.yaml": CLOUDS, "ca.pem": "certificate" });
  const cacert = environment.OS_CLIENT_CONFIG_FILE!.replace("clouds.yaml", "ca.pem");
  expect(cloudSettings({ cloud: "shop" }, { ...environment, OS_CACERT: cacert }).tls).toEqual({
    ca: Buffer.from("certificate"),
    rejectUnauthorized: true,
  });
});

it("names the fix when no cloud is configured, or its file or entry is missing", () => {
  expect(() => cloudSettings({}, {})).toThrow("set OS_CLOUD to a cloud of clouds.yaml, or OS_AUTH_URL");
  expect(() => cloudSettings({ cloud: "lab" }, { OS_CLIENT_CONFIG_FILE: "/nowhere/clouds.yaml" })).toThrow(
    "OS_CLIENT_CONFIG_FILE names /nowhere/clouds.yaml, which does not exist",
  );
  expect(() => cloudSettings({ cloud: "lap" }, files({ "clouds.yaml": CLOUDS }))).toThrow(
    'has no cloud "lap" (OS_CLOUD); it has lab, shop',
  );
});

it("never quotes a file that cannot be parsed, because it may hold a password", () => {
  const environment = files({ "clouds.yaml": "clouds:\n  lab:\n    auth: { password: hidden\n  other: ]" });
  expect(() => cloudSettings({ cloud: "lab" }, environment)).toThrow(/^(?!.*hidden)[\s\S]*cannot be read as YAML/);
});
