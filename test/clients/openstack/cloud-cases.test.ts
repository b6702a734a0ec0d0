import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { OpenStack } from "../../../clients/openstack/client.ts";
import { cloudSettings } from "../../../clients/openstack/cloud-settings.ts";
import { ann, type CloudCase } from "../../support/cloud-cases/case.ts";
import { CASES } from "../../support/cloud-cases/cases.ts";
import { Recorder } from "../../support/cloud-cases/recorder.ts";

const OWN = /^OS_|_proxy$|^SSL_CERT_/i;

beforeEach(() => {
  for (const name of Object.keys(process.env).filter((each) => OWN.test(each))) vi.stubEnv(name, undefined);
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Has our client list the flavors of a case's cloud; returns what it asked for. */
async function ask(one: CloudCase) {
  const recorder = new Recorder(one);
  onTestFinished(() => recorder.stop());
  const { folder, environment, settings } = await recorder.start();
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.spyOn(process, "cwd").mockReturnValue(folder);
  const cloud = await OpenStack.connect(cloudSettings(settings));
  await cloud.list("compute", "/flavors/detail");
  return recorder.outcome;
}

/** The same cases are those of Pulumi's plugin: test/engine/cloud-cases.test.ts. */
describe.each(CASES)("our client reads %s", (_, cases) => {
  it.each(cases)("$title", async (one) => {
    if (one.refused) await expect(ask(one)).rejects.toThrow(one.refused);
    else expect(await ask(one)).toEqual({ auth: ann(), endpoint: "one-public", proxied: [], ...one.expected });
  });
});
