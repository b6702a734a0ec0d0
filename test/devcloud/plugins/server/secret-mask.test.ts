import { expect, test } from "vitest";
import { secret, secretTexts } from "../../../../devcloud/plugins/server/property-values.ts";
import { Mask } from "../../../../devcloud/plugins/server/secret-mask.ts";

test("secrets and each line of them are hidden, the longest first", () => {
  const mask = new Mask(["first line\nsecond line", "password", "password-and-more", "ab"]);
  expect(mask.hide("second line: password-and-more, password; ab")).toBe("[secret]: [secret], [secret]; ab");
});

test("in a connection only the credentials are secret, in other secrets everything", () => {
  const connection = secret({ host: "10.0.0.1", user: "root", privateKey: secret("key") });
  expect(secretTexts({ connection, environment: secret({ A: "a", B: ["b"] }), plain: "text" })).toEqual(["key", "a", "b"]);
});
