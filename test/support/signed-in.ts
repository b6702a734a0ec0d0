import { vi } from "vitest";
import { FakeOpenStack } from "./fake-openstack.ts";

/** Starts a fake OpenStack and sets the environment that signs in there. End it with `vi.unstubAllEnvs()` and `stop()`. */
export async function startSignedIn(): Promise<FakeOpenStack> {
  const cloud = new FakeOpenStack();
  await cloud.start();
  const environment = { OS_AUTH_URL: cloud.url, OS_USERNAME: "ann", OS_PROJECT_NAME: "web", OS_PASSWORD: "secret", OS_CLOUD: undefined };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return cloud;
}
