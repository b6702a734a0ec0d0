import { join } from "node:path";
import { provide } from "../../../devcloud/toolchain/provide.ts";
import { moduleSource } from "../../../devcloud/toolchain/source.ts";

/** Where the programs of a control plane, and of nodes that do not exist, are. */
export interface ControlPlaneTools {
  /** Path of an executable of Kubernetes', etcd's or kwok's. */
  executable(name: string): string;
  /** Folder with the stages that kwok's module comes with. */
  stages: string;
}

/** Gives the programs, and builds first what is missing: call it before a network namespace is entered, as builds need the registries. */
export async function controlPlaneTools(): Promise<ControlPlaneTools> {
  const { kubernetes, etcd, kwok } = await provide(["kubernetes", "etcd", "kwok"]);
  const folders: Record<string, string> = { etcd, kwok };
  return {
    executable: (name) => join(folders[name] ?? kubernetes, name),
    stages: join(await moduleSource("kwok"), "kustomize", "stage"),
  };
}
