import { expect, it } from "vitest";
import { rotate } from "../../commands/rotate.ts";

it("refuses what is no stack, no key and no generation", async () => {
  await expect(rotate.run([])).rejects.toThrow(/^name a stack$/);
  await expect(rotate.run(["prod"])).rejects.toThrow(/^name a keyring$/);
  await expect(rotate.run(["a", "b", "c"])).rejects.toThrow(/^takes one stack and one keyring, and was given a, b, c$/);
  await expect(rotate.run(["prod", "etcdCa", "--generation", "0"])).rejects.toThrow(
    /^--generation takes a whole number from 1, and was given "0"$/,
  );
  await expect(rotate.run(["prod", "etcd"])).rejects.toThrow(/^"etcd" is no key that can be rotated; use encryptionKey, /);
});

it("takes no options of a cloud, which it does not ask", async () => {
  await expect(rotate.run(["prod", "etcdCa", "--cloud", "x"])).rejects.toThrow("Unknown option '--cloud'");
});
