import { expect, it } from "vitest";
import { checkNothingMissing, checkNothingPending, checkPreview } from "../../../operations/replacement/check-preview.ts";
import { urnOf } from "../../support/stack-state.ts";

const [server, command, attachment] = [urnOf("Instance", "web-0"), urnOf("Command", "web-join-0"), urnOf("Volume", "data")];
const machine = { name: "web-0-abc", id: "1", urn: server };
const targets = { roots: [server], servers: [server], recreated: [attachment], commands: [command] };
const replaced = { urn: server, ops: ["create-replacement", "delete-replaced", "replace"], id: "1" };

it("accepts the machine, what is recreated with it, and the commands that follow", () => {
  checkPreview(
    [replaced, { urn: attachment, ops: ["create-replacement", "replace"] }, { urn: command, ops: ["update"] }],
    [machine],
    targets,
  );
  checkNothingPending([]);
});

it.each([
  [
    "another resource",
    [replaced, { urn: urnOf("Instance", "web-1"), ops: ["update"] }],
    "would also change web-1 (openstack:compute/instance:Instance: update)",
  ],
  [
    "the machine's update in its place",
    [{ urn: server, ops: ["update"] }],
    "would also change web-0 (openstack:compute/instance:Instance: update)",
  ],
  ["a command's deletion", [replaced, { urn: command, ops: ["delete"] }], "would also change web-join-0 (command:local:Command: delete)"],
  ["no machine", [{ urn: command, ops: ["update"] }], "the preview does not replace web-0-abc"],
  ["another machine in its place", [{ ...replaced, id: "2" }], "another run has replaced web-0-abc meanwhile"],
])("refuses a preview with %s", (_, changes, message) => {
  expect(() => checkPreview(changes, [machine], targets)).toThrow(message);
});

it("names no more than ten changes", () => {
  const changes = Array.from({ length: 12 }, (_, place) => ({ urn: urnOf("Command", `c-${place + 10}`), ops: ["update"] }));
  expect(() => checkNothingPending(changes)).toThrow(/c-10 \(.*c-19 \(command:local:Command: update\), and 2 more; run `pulumi up` first$/);
});

it("names what is still to be created", () => {
  checkNothingMissing("No valid host was found");
  const failure = `Resource '${command}' depends on '${server}' which was was not specified in --target list.`;
  expect(() => checkNothingMissing(`pulumi preview failed:\n${failure}`)).toThrow(
    "the program has resources that the stack does not have yet: web-0; run `pulumi up` first",
  );
});
