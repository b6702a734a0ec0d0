import { expect, it } from "vitest";
import { environmentIn, secretsIn } from "../../../fleet/runs/environment.ts";
import { redacting } from "../../../fleet/runs/redacted.ts";

const encoded = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value).toString("base64")]));

it("makes variables of a Secret, and knows which of their values are secret", () => {
  const data = { OS_AUTH_URL: "https://cloud", OS_PASSWORD: "hunter22", PULUMI_CONFIG_PASSPHRASE: "passphrase" };
  const environment = environmentIn("mycloud", encoded(data));
  expect(environment).toEqual({ ...data, CARAVAN_FLEET_SECRET_NAMES: "OS_AUTH_URL,OS_PASSWORD,PULUMI_CONFIG_PASSPHRASE" });
  expect(secretsIn(environment)).toEqual(["hunter22", "passphrase"]);
});

it("refuses variables that could run something else", () => {
  const names = ["NODE_OPTIONS", "PATH", "LD_PRELOAD", "CARAVAN_FLEET_RUN", "OS_PASSWORD"];
  expect(() => environmentIn("mycloud", Object.fromEntries(names.map((name) => [name, ""])))).toThrow(
    "Secret mycloud has keys that are no variables of a run: NODE_OPTIONS, PATH, LD_PRELOAD, CARAVAN_FLEET_RUN; use OS_*",
  );
});

it("takes secrets out of texts, also parts of several lines, the longest first, and leaves what is too short to be one", () => {
  const redact = redacting(["hunter22", "hunter22-and-more", "first line\nsecond line", "true"]);
  expect(redact("it is true: hunter22-and-more, hunter22, second line")).toBe("it is true: [secret], [secret], [secret]");
});
