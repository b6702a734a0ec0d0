import { expect, it } from "vitest";
import { parse } from "yaml";
import { createEncryptionKey, encryptionConfiguration } from "../../../lib/kubeadm/encryption.ts";

it("makes a new key of 32 bytes each time", () => {
  const [one, other] = [createEncryptionKey(), createEncryptionKey()];
  expect(Buffer.from(one, "base64")).toHaveLength(32);
  expect(one).not.toBe(other);
});

it("encrypts with the first key, and still reads what others have encrypted", () => {
  const keys = ["key2", "key1"].map((name) => ({ name, secret: `secret of ${name}` }));
  const { resources } = parse(encryptionConfiguration(keys));
  expect(resources[0].providers).toEqual([{ secretbox: { keys } }, { identity: {} }]);
});

it("encrypts what is written, and still reads what is in the clear", () => {
  expect(parse(encryptionConfiguration([{ name: "key1", secret: "a2V5" }]))).toEqual({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [{ resources: ["secrets"], providers: [{ secretbox: { keys: [{ name: "key1", secret: "a2V5" }] } }, { identity: {} }] }],
  });
});
