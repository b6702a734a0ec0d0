import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it } from "vitest";
import { withShortStackTraces } from "../../../components/node-pool/short-stack-traces.ts";
import { settled } from "../../support/deploy.ts";
import { watchRegistrations } from "../../support/registrations.ts";

const { prepareStackTrace } = Error;
afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
});

it("leaves stack traces to V8 during a function, even one that fails, and not after it", () => {
  const own = () => "the program's own";
  Error.prepareStackTrace = own;
  expect(withShortStackTraces(() => new Error("here").stack)).toContain("short-stack-traces.test.ts");
  const failing = () => {
    throw new Error("failed");
  };
  expect(() => withShortStackTraces(failing)).toThrow("failed");
  expect([Error.prepareStackTrace, new Error("there").stack]).toEqual([own, "the program's own"]);
});

it("makes Pulumi's SDK send the engine one position of a resource: where it is made", async () => {
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
  const places: string[][] = [];
  watchRegistrations((request) => {
    const frames = request.getStacktrace().getFramesList() as { getPc(): { getUri(): string } }[];
    places.push([request.getSourceposition(), ...frames.map((frame) => frame.getPc())].map((place) => place?.getUri()));
  });
  const make = () => new openstack.compute.Instance("server", {});
  await settled(withShortStackTraces(make).id);
  expect(places).toEqual([[import.meta.url, import.meta.url]]);
});
