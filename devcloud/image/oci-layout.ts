import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { packFolder } from "./archive.ts";

export interface ContainerImage {
  /** Full name with its tag, as in the kubelet's requests. */
  name: string;
  /** Tar file of the layer below the files. @default none */
  base?: string;
  /** Programs and folders of this machine, by their path in the image. */
  files: Readonly<Record<string, string>>;
  entrypoint: readonly string[];
}

/** Reference to a blob in OCI documents. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

const mediaTypes = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
};

const searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Writes images as one OCI image layout (https://github.com/opencontainers/image-spec) into an empty folder. */
export async function writeOciLayout(images: readonly ContainerImage[], layout: string): Promise<void> {
  await mkdir(blobFolder(layout), { recursive: true });
  const bases = new Map<string, Descriptor>();
  for (const base of new Set(images.flatMap((image) => image.base ?? []))) bases.set(base, await addLayer(layout, base));

  const manifests = [];
  for (const image of images) {
    const layers = [...(image.base === undefined ? [] : [bases.get(image.base)!]), await addFiles(layout, image.files)];
    const config = await addDocument(layout, mediaTypes.config, imageConfig(image, layers));
    const manifest = await addDocument(layout, mediaTypes.manifest, imageManifest(config, layers));
    manifests.push({ ...manifest, annotations: { "io.containerd.image.name": image.name } });
  }
  await writeFile(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
}

/** Makes the OCI manifest of an image, with its configuration and layers. */
export function imageManifest(config: Descriptor, layers: readonly Descriptor[]): object {
  return { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers };
}

/** Makes the OCI configuration of an image, with its entrypoint and its (uncompressed) layers. */
export function imageConfig(image: ContainerImage, layers: readonly Descriptor[]): object {
  return {
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: { Entrypoint: image.entrypoint, Env: [searchPath] },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.digest) },
  };
}

async function addFiles(layout: string, files: ContainerImage["files"]): Promise<Descriptor> {
  const tree = join(layout, "tree");
  await mkdir(join(tree, "tmp"), { recursive: true });
  for (const [path, source] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await symlink(source, join(tree, path));
  }
  const archive = join(layout, "layer.tar");
  // All files become executable: Go's module cache, from which the scripts come, does not keep that bit.
  await packFolder(tree, archive, { followLinks: true, mode: "0755" });
  const layer = await addLayer(layout, archive);
  await rm(tree, { recursive: true });
  await rm(archive);
  return layer;
}

async function addLayer(layout: string, archive: string): Promise<Descriptor> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(archive, { highWaterMark: 1 << 20 }), hash);
  const digest = hash.digest("hex");
  await link(archive, join(layout, "linked"));
  await rename(join(layout, "linked"), join(blobFolder(layout), digest));
  return { mediaType: mediaTypes.layer, digest: `sha256:${digest}`, size: (await stat(archive)).size };
}

async function addDocument(layout: string, mediaType: string, document: object): Promise<Descriptor> {
  const text = JSON.stringify(document);
  const digest = createHash("sha256").update(text).digest("hex");
  await writeFile(join(blobFolder(layout), digest), text);
  return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
}

function blobFolder(layout: string): string {
  return join(layout, "blobs", "sha256");
}
