import { expect, test } from "vitest";
import { commandProvider } from "../../../../devcloud/plugins/command/command-provider.ts";
import { type PropertyMap, secret, unknown } from "../../../../devcloud/plugins/server/property-values.ts";

function check(type: string, news: PropertyMap) {
  return commandProvider.resourceType(type).check({ urn: "", name: "test", type, olds: {}, news });
}

test("names every wrong field, also inside a secret connection", async () => {
  const news = { create: 1, environment: ["A"], triggers: {}, nonsense: true, connection: secret({ port: "22", bastion: "b" }) };
  expect((await check("command:remote:Command", news)).failures.map((failure) => failure.reason)).toEqual([
    "Field 'create' on 'remote.CommandInputs' must be a 'string'; got 'number' instead",
    "Field 'triggers' on 'remote.CommandInputs' must be a 'list'; got 'map' instead",
    "Field 'environment' on 'remote.CommandInputs' must be a 'map'; got 'list' instead",
    "Missing required field 'host' on 'remote.Connection'",
    "Field 'connection.port' on 'remote.Connection' must be a 'number'; got 'string' instead",
    "Unrecognized field 'bastion' on 'remote.Connection'",
    "Unrecognized field 'nonsense' on 'remote.CommandInputs'",
  ]);
});

test("gives a connection its defaults, and marks its credentials as secrets", async () => {
  const news = { connection: { host: "h", privateKey: "key", proxy: { host: "p", password: "word" } } };
  const defaults = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" };
  expect(await check("command:remote:Command", news)).toEqual({
    failures: [],
    inputs: {
      connection: secret({
        ...defaults,
        host: "h",
        privateKey: secret("key"),
        proxy: { ...defaults, host: "p", password: secret("word") },
      }),
    },
  });
});

test("accepts unknown values everywhere", async () => {
  const news = { create: unknown, connection: unknown, triggers: [unknown] };
  expect((await check("command:remote:Command", news)).failures).toEqual([]);
});

test("accepts a file or a text to copy, but no archive", async () => {
  const copy = (source: PropertyMap) => check("command:remote:CopyToRemote", { connection: { host: "h" }, remotePath: "/r", source });
  const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "t" };
  const archive = { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", path: "folder" };
  expect((await copy(asset)).failures).toEqual([]);
  expect((await copy(archive)).failures).toHaveLength(1);
  expect((await copy({ file: "f" })).failures).toEqual([{ property: "source", reason: "source must be a StringAsset or a FileAsset" }]);
});

test("leaves all other resources to the official plugin", () => {
  expect(() => commandProvider.resourceType("command:remote:CopyFile")).toThrow(
    "command:remote:CopyFile is not served by the stand-in plugin of devcloud; install the official plugin",
  );
});
