import { describe, expect, it, onTestFinished } from "vitest";
import { ann, type CloudCase } from "../support/cloud-cases/case.ts";
import { CASES } from "../support/cloud-cases/cases.ts";
import { Recorder } from "../support/cloud-cases/recorder.ts";
import { OpenStackPlugin } from "./support/openstack-plugin.ts";

/** Timeout in milliseconds: a first run builds the plugin if it is missing. */
const MILLISECONDS = 240_000;

/** Has Pulumi's plugin look up a flavor in a case's cloud; returns what it asked for, or "fails". */
async function ask(one: CloudCase) {
  const recorder = new Recorder(one);
  onTestFinished(() => recorder.stop());
  const { folder, environment, settings } = await recorder.start();
  const plugin = await OpenStackPlugin.start(folder, environment);
  try {
    await plugin.configure(settings);
    await plugin.invoke("openstack:compute/getFlavor:getFlavor", { name: "small" });
    return recorder.outcome;
  } catch {
    return "fails";
  } finally {
    plugin.stop();
  }
}

/** The same cases are those of our own client: test/clients/openstack/cloud-cases.test.ts. */
describe.each(CASES)("the plugin reads %s", (_, cases) => {
  it.each(cases)(
    "$title",
    async (one) => {
      const expected = one.refused ? (one.plugin ?? "fails") : one.expected;
      const whole = expected === "fails" ? expected : { auth: ann(), endpoint: "one-public", proxied: [], ...expected };
      expect(await ask(one)).toEqual(whole);
    },
    MILLISECONDS,
  );
});
