import { expect, it } from "vitest";
import { parse } from "yaml";
import { toYaml } from "../../lib/yaml.ts";

it.each(["yes", "no", "on", "Off", "y", "12:30", "0777", "1e3", "1_000", "null", "~", "true", "2001-01-01"])(
  "writes the text %j so that Kubernetes reads it as a text",
  (text) => {
    const yaml = toYaml({ value: text });
    for (const version of ["1.1", "1.2"] as const) expect(parse(yaml, { version })).toEqual({ value: text });
  },
);

it("writes booleans and numbers as such", () => {
  expect(toYaml({ truth: true, number: 3 })).toBe("truth: true\nnumber: 3\n");
});
