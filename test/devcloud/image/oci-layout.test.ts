import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Descriptor, writeOciLayout } from "../../../devcloud/image/oci-layout.ts";
import { run } from "../../../devcloud/support/run.ts";

interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oci-layout-"));
  mkdirSync(join(folder, "sources/headers"), { recursive: true });
  writeFileSync(join(folder, "sources/program"), "#!/bin/sh\n", { mode: 0o644 });
  writeFileSync(join(folder, "sources/headers/a.h"), "");
  writeFileSync(join(folder, "base.tar"), "not really an archive");
});

afterEach(() => rmSync(folder, { recursive: true }));

async function write(name: string): Promise<string> {
  const layout = join(folder, name);
  const files = { "/usr/bin/program": join(folder, "sources/program"), "/lib/headers": join(folder, "sources/headers") };
  await writeOciLayout(
    [
      { name: "example.test/small:v1", files, entrypoint: ["/usr/bin/program"] },
      { name: "example.test/based:v2", base: join(folder, "base.tar"), files, entrypoint: ["/usr/bin/program", "--flag"] },
    ],
    layout,
  );
  return layout;
}

function readIndex(layout: string): (Descriptor & { annotations: Record<string, string> })[] {
  return JSON.parse(readFileSync(join(layout, "index.json"), "utf8")).manifests;
}

function blob(layout: string, descriptor: Descriptor): string {
  return join(layout, "blobs", descriptor.digest.replace(":", "/"));
}

function readJson<T>(layout: string, descriptor: Descriptor): T {
  return JSON.parse(readFileSync(blob(layout, descriptor), "utf8"));
}

it("gives each image the name under which containerd stores it", async () => {
  const index = readIndex(await write("layout"));
  expect(index.map((manifest) => manifest.annotations)).toEqual([
    { "io.containerd.image.name": "example.test/small:v1" },
    { "io.containerd.image.name": "example.test/based:v2" },
  ]);
});

it("leaves only blobs under their own digests, referenced by their sizes", async () => {
  const layout = await write("layout");
  expect(readdirSync(layout).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
  for (const digest of readdirSync(join(layout, "blobs/sha256"))) {
    const content = readFileSync(join(layout, "blobs/sha256", digest));
    expect(createHash("sha256").update(content).digest("hex")).toBe(digest);
  }
  const [manifest] = readIndex(layout);
  expect(readFileSync(blob(layout, manifest!)).length).toBe(manifest!.size);
});

it("puts the base below the files, and sets the entrypoint", async () => {
  const layout = await write("layout");
  const manifest = readJson<Manifest>(layout, readIndex(layout)[1]!);
  expect(readFileSync(blob(layout, manifest.layers[0]!), "utf8")).toBe("not really an archive");
  expect(readJson(layout, manifest.config)).toMatchObject({
    os: "linux",
    config: { Entrypoint: ["/usr/bin/program", "--flag"] },
    rootfs: { type: "layers", diff_ids: manifest.layers.map((layer) => layer.digest) },
  });
});

it("packs files and folders that belong to root and are executable for everybody", async () => {
  const layout = await write("layout");
  const { layers } = readJson<Manifest>(layout, readIndex(layout)[0]!);
  const listing = await run("tar", ["--list", "--verbose", "--numeric-owner", `--file=${blob(layout, layers[0]!)}`], { deadline: 10 });
  expect(listing).toMatch(/^-rwxr-xr-x 0\/0 +10 1970-01-01 00:00 \.\/usr\/bin\/program$/m);
  expect(listing).toMatch(/^-rwxr-xr-x 0\/0 +0 1970-01-01 00:00 \.\/lib\/headers\/a\.h$/m);
});

it("makes the same bytes from the same content", async () => {
  const [first, second] = [await write("first"), await write("second")];
  expect(readFileSync(join(second, "index.json"))).toEqual(readFileSync(join(first, "index.json")));
});
