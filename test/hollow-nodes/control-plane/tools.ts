import { join } from "node:path";
import { provide } from "../../../devcloud/toolchain/provide.ts";
import { moduleSource } from "../../../devcloud/toolchain/source.ts";

/** Programs of a control plane and of simulated nodes. */
export interface ControlPlaneTools {
  /** Path of an executable of Kubernetes, etcd or kwok. */
  executable(name: string): string;
  /** Folder with the stages in kwok's module. */
  stages: string;
}

/** Returns the programs, and builds missing ones first. Call it before entering a network namespace, as builds need the registries. */
export async function controlPlaneTools(): Promise<ControlPlaneTools> {
  const { kubernetes, etcd, kwok } = await provide(["kubernetes", "etcd", "kwok"]);
  const folders: Record<string, string> = { etcd, kwok };
  return {
    executable: (name) => join(folders[name] ?? kubernetes, name),
    stages: join(await moduleSource("kwok"), "kustomize", "stage"),
  };
}
