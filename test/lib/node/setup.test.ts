import { expect, it } from "vitest";
import { checkSetup, commandsInput, encodeSetupFiles } from "../../../lib/node/setup.ts";
import { problemsOf } from "../../support/problems.ts";

it("encodes files with safe permissions, and commands", () => {
  expect(
    encodeSetupFiles([
      { path: "/etc/a", content: "a" },
      { path: "/etc/b", content: "", permissions: "0644", owner: "www-data" },
    ]),
  ).toBe("0600 root:root /etc/a YQ==\n0644 www-data /etc/b \n");
  expect(commandsInput(["a", "b"])).toEqual({ PRE_COMMANDS: "YQ==\nYg==", POST_COMMANDS: "" });
});

it("never shows what is in a file", () => {
  const files = [
    { path: "etc/a", content: "secret", permissions: "rw", owner: "root;reboot" },
    { path: "/etc/kubernetes/pki/a", content: "secret" },
  ];
  expect(problemsOf((problems) => checkSetup({ files }, problems))).toEqual([
    'files[0].path: "etc/a" is no absolute path of a file; write it without spaces, like /etc/webhooks/audit.yaml',
    'files[0].permissions: "rw" are no permissions; write them in octal, like "0644"',
    'files[0].owner: "root;reboot" is no owner; write a user, or like root:root',
    'files[1].path: "/etc/kubernetes/pki/a" is where the library or Kubernetes writes; choose another folder, like /etc/webhooks',
  ]);
});
