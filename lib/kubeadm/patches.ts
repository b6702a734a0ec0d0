import { createHash } from "node:crypto";
import type { NodeFile } from "../node/files.ts";
import { toYaml } from "../yaml.ts";
import { PATCHES_FOLDER } from "./paths.ts";

/** Annotation of a static pod with the digest of the files that the pod reads only at its start. */
export const SETTINGS_ANNOTATION = "caravan.dev/settings";

/**
 * Makes the patches by which kubeadm writes the digest of its settings into each static pod. The kubelet restarts a pod only when its
 * manifest changes.
 */
export function settingsPatches(settings: Readonly<Record<string, readonly NodeFile[]>>): NodeFile[] {
  return Object.entries(settings).map(([component, files]) => ({
    path: `${PATCHES_FOLDER}/${component}+merge.yaml`,
    mode: "0600",
    content: toYaml({ metadata: { annotations: { [SETTINGS_ANNOTATION]: digest(files) } } }),
  }));
}

function digest(files: readonly NodeFile[]): string {
  const hash = createHash("sha256");
  for (const { path, content } of files) hash.update(`${path}\n${content}\n`);
  return hash.digest("hex").slice(0, 16);
}
