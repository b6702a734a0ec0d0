import { expect, it } from "vitest";
import { parse } from "yaml";
import { createEncryptionKey, encryptionConfiguration } from "../../../lib/kubeadm/encryption.ts";

it("makes a new key of 32 bytes each time", () => {
  const [one, other] = [createEncryptionKey(), createEncryptionKey()];
  expect(Buffer.from(one, "base64")).toHaveLength(32);
  expect(one).not.toBe(other);
});

it("encrypts what is written, and still reads what is in the clear", () => {
  expect(parse(encryptionConfiguration("a2V5"))).toEqual({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [{ resources: ["secrets"], providers: [{ secretbox: { keys: [{ name: "key1", secret: "a2V5" }] } }, { identity: {} }] }],
  });
});
