import { expect, test } from "vitest";
import { difference, inWords } from "./inventory.ts";

test("differences are numbers by kind", () => {
  expect(difference({ servers: 5, ports: 2, subnets: 1 }, { servers: 3, ports: 3, subnets: 1 })).toEqual({ servers: 2, ports: -1 });
  expect(difference({ servers: 1, ports: 0 }, {})).toEqual({ servers: 1 });
});

test("numbers are written as words", () => {
  expect(inWords({ servers: 2, ports: -1 })).toBe("2 servers, -1 ports");
  expect(inWords({})).toBe("nothing");
});
