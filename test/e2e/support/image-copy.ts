import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { openstack } from "./openstack.ts";

/** Uploads the image of nodes a second time, under another name. Returns the id of the copy. */
export async function copyNodeImage(name: string): Promise<string> {
  await removeImages(name);
  const folder = await mkdtemp(join(tmpdir(), "caravan-image-"));
  try {
    const file = join(folder, "image.qcow2");
    await onDevcloud(["openstack", "image", "save", "--file", file, "node"], { deadline: 300 });
    const options = ["--disk-format", "qcow2", "--container-format", "bare", "--file", file];
    const { id } = await openstack<{ id: string }>(["image", "create", ...options, name]);
    return id;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Removes all images of a name. */
export async function removeImages(name: string): Promise<void> {
  const images = await openstack<{ ID: string }[]>(["image", "list", "--name", name]);
  for (const { ID } of images) await onDevcloud(["openstack", "image", "delete", ID], { deadline: 60 });
}
