import { openAsBlob } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { dataDir } from "../../support/paths.ts";
import { run } from "../../support/run.ts";
import { type Session, urlOf } from "./session.ts";

const name = "node";
const unfinishedName = "node-being-uploaded";

interface Image {
  id: string;
  name: string;
  caravan_hash?: string;
}

/** Creates the image `node` from a raw disk image, unless it was made from the same one before, and returns its id. */
export async function ensureImage(session: Session, file: string, hash: string): Promise<string> {
  const { images } = await session.request<{ images: Image[] }>("image", "GET", "/images?limit=200");
  const current = images.find((image) => image.name === name && image.caravan_hash === hash);
  const outdated = images.filter((image) => image !== current && [name, unfinishedName].includes(image.name));
  const id = current?.id ?? (await upload(session, file, hash));
  await Promise.all(outdated.map((image) => session.request("image", "DELETE", `/images/${image.id}`)));
  if (current === undefined) await rename(session, id);
  return id;
}

async function upload(session: Session, file: string, hash: string): Promise<string> {
  const image = await session.request<Image>("image", "POST", "/images", {
    name: unfinishedName,
    visibility: "public",
    disk_format: "qcow2",
    container_format: "bare",
    caravan_hash: hash,
  });
  // Without the holes, which are most of a raw image. Nova keeps a raw one.
  const compact = join(dataDir, "image.qcow2");
  await run("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", file, compact], { deadline: 300 });
  await session.send(`${urlOf("image")}/images/${image.id}/file`, {
    method: "PUT",
    headers: { "content-type": "application/octet-stream" },
    body: await openAsBlob(compact),
  });
  await rm(compact);
  return image.id;
}

async function rename(session: Session, id: string): Promise<void> {
  await session.send(`${urlOf("image")}/images/${id}`, {
    method: "PATCH",
    headers: { "content-type": "application/openstack-images-v2.1-json-patch" },
    body: JSON.stringify([{ op: "replace", path: "/name", value: name }]),
  });
}
