import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node/files.ts";

it("writes a line of mode, path and base64 content for each file", () => {
  const files = [
    { path: "/etc/one", mode: "0644", content: "one\n" },
    { path: "/etc/two", mode: "0600", content: "" },
  ];
  expect(encodeNodeFiles(files)).toBe("0644 /etc/one b25lCg==\n0600 /etc/two \n");
});

it("writes one line of three words whatever the content", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 500 }), (content) => {
      const [mode, path, encoded, ...rest] = encodeNodeFiles([{ path: "/etc/one", mode: "0644", content }]).split(/\s/);
      expect([mode, path, rest]).toEqual(["0644", "/etc/one", [""]]);
      expect(Buffer.from(encoded ?? "", "base64").toString()).toBe(content);
    }),
  );
});
