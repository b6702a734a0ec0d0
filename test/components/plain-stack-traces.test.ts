import { afterEach, expect, it } from "vitest";
import { withPlainStackTraces } from "../../components/plain-stack-traces.ts";

const { prepareStackTrace } = Error;
afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
});

it("leaves stack traces to V8 while something is done, and no longer, whether that fails or not", () => {
  const own = () => "the program's own";
  Error.prepareStackTrace = own;
  expect(withPlainStackTraces(() => new Error("here").stack)).toContain("plain-stack-traces.test.ts");
  const failing = () => {
    throw new Error("failed");
  };
  expect(() => withPlainStackTraces(failing)).toThrow("failed");
  expect([Error.prepareStackTrace, new Error("there").stack]).toEqual([own, "the program's own"]);
});
