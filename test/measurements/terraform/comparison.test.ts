import { expect, test } from "vitest";
import { compared } from "./comparison.ts";

test("steps of both tools are in one row, with the ratio of their times", () => {
  const pulumi = {
    seconds: 30,
    calls: { "GET /": 7, "POST /": 3 },
    processes: { engine: { megabytes: 100, cpuSeconds: 1.2 }, program: { megabytes: 300, cpuSeconds: 3 } },
  };
  const terraform = { seconds: 40, calls: { "GET /": 8 }, processes: { engine: { megabytes: 80, cpuSeconds: 0.5 } } };
  expect(compared({ create: { pulumi, terraform } })).toEqual({
    create: {
      "Pulumi s": 30,
      "Terraform s": 40,
      ratio: 0.75,
      "Pulumi CPU s": 4.2,
      "Terraform CPU s": 0.5,
      "Pulumi MB": 300,
      "Terraform MB": 80,
      "Pulumi calls": 10,
      "Terraform calls": 8,
    },
  });
});
