import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { signIn } from "../../../clients/openstack/sign-in.ts";
import { FakeOpenStack, PROJECT_ID } from "../../support/fake-openstack.ts";

const folder = mkdtempSync(join(tmpdir(), "caravan-clouds-"));
const VARIABLES = [
  "OS_AUTH_URL",
  "OS_USERNAME",
  "OS_PASSWORD",
  "OS_PROJECT_NAME",
  "OS_TOKEN",
  "OS_AUTH_TOKEN",
  "OS_CLOUD",
  "OS_CLIENT_CONFIG_FILE",
];
let cloud: FakeOpenStack;

beforeEach(async () => {
  cloud = new FakeOpenStack();
  await cloud.start();
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
});
afterEach(() => {
  cloud.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function environment(values: Record<string, string>): void {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
}

const refusal = () => `(POST ${cloud.url}/v3/auth/tokens: 401 refused by the test)`;

it("returns the project", async () => {
  environment({ OS_AUTH_URL: cloud.url, OS_USERNAME: "ann", OS_PROJECT_NAME: "web", OS_PASSWORD: "secret" });
  expect((await signIn()).projectId).toBe(PROJECT_ID);
});

it("reports credentials that are not accepted", async () => {
  environment({ OS_AUTH_URL: cloud.url, OS_USERNAME: "ann", OS_PROJECT_NAME: "web", OS_PASSWORD: "wrong" });
  cloud.refusals.set("/v3/auth/tokens", [401]);
  await expect(signIn()).rejects.toThrow(
    `OpenStack at ${cloud.url}/v3 cannot be used: it does not accept the credentials ${refusal()}; look at those in clouds.yaml or in OS_*`,
  );
});

it("reports a token that may have expired", async () => {
  environment({ OS_AUTH_URL: cloud.url, OS_TOKEN: "old", OS_PROJECT_NAME: "web" });
  cloud.refusals.set("/v3/auth/tokens", [401]);
  await expect(signIn()).rejects.toThrow(
    `OpenStack at ${cloud.url}/v3 cannot be used: it does not accept the token, which may have expired ${refusal()}; get a new one`,
  );
});

it("names the existing clouds when one is missing", async () => {
  const file = join(folder, "clouds.yaml");
  writeFileSync(
    file,
    `clouds: { known: { auth: { auth_url: "${cloud.url}", username: ann, password: secret, user_domain_id: default, project_id: p1 } } }`,
  );
  environment({ OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: "unknown" });
  await expect(signIn()).rejects.toThrow(`${file} has no cloud "unknown" (OS_CLOUD); it has known`);
  cloud.refusals.set("/v3/auth/tokens", [401]);
  await expect(signIn({ cloud: "known" })).rejects.toThrow(`OpenStack at cloud "known" (${cloud.url}/v3) cannot be used: `);
  rmSync(folder, { recursive: true });
});

it("questions an address that does not answer", async () => {
  environment({ OS_AUTH_URL: "http://127.0.0.1:1", OS_USERNAME: "ann", OS_PROJECT_NAME: "web", OS_PASSWORD: "secret" });
  vi.spyOn(Math, "random").mockReturnValue(0);
  await expect(signIn()).rejects.toThrow(/connect ECONNREFUSED 127\.0\.0\.1:1; is it the right address, and open from here\?$/);
});
