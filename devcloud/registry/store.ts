import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

interface Blob {
  digest: string;
}

interface Index {
  manifests: (Blob & { annotations: Readonly<Record<string, string>> })[];
}

/**
 * Makes an OCI image layout the storage folder of docker-registry (distribution's registry/storage/paths.go), without a running registry. The blobs move there.
 * @param namesIn names of an image in the registry, with their tags, by its own name
 */
export async function makeRegistryStore(layout: string, store: string, namesIn: (name: string) => readonly string[]): Promise<void> {
  const root = join(store, "docker/registry/v2");
  const { manifests }: Index = JSON.parse(await readFile(join(layout, "index.json"), "utf8"));
  const blobs = join(layout, "blobs/sha256");
  for (const { digest, annotations } of manifests) {
    const { config, layers } = JSON.parse(await readFile(join(blobs, hexOf(digest)), "utf8")) as { config: Blob; layers: Blob[] };
    for (const name of namesIn(annotations["io.containerd.image.name"]!)) await addImage(root, name, digest, [config, ...layers]);
  }
  for (const hex of await readdir(blobs)) {
    const data = join(root, "blobs/sha256", hex.slice(0, 2), hex, "data");
    await mkdir(dirname(data), { recursive: true });
    await rename(join(blobs, hex), data);
  }
}

async function addImage(root: string, name: string, manifest: string, parts: readonly Blob[]): Promise<void> {
  const colon = name.lastIndexOf(":");
  const repository = join(root, "repositories", name.slice(0, colon));
  const tag = join("_manifests/tags", name.slice(colon + 1));
  const links = [
    [manifest, `_manifests/revisions/sha256/${hexOf(manifest)}`],
    [manifest, `${tag}/current`],
    [manifest, `${tag}/index/sha256/${hexOf(manifest)}`],
    ...parts.map(({ digest }) => [digest, `_layers/sha256/${hexOf(digest)}`]),
  ] as const;
  for (const [digest, path] of links) {
    await mkdir(join(repository, path), { recursive: true });
    await writeFile(join(repository, path, "link"), digest);
  }
}

function hexOf(digest: string): string {
  return digest.slice("sha256:".length);
}
