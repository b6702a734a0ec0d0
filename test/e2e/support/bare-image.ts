import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { endWithParent, insideNamespace } from "../../../devcloud/openstack/namespace.ts";
import { bareImage, PACKAGES_URL } from "../../../devcloud/package-repository/bare-image.ts";
import { type PackageRepository, packageRepository } from "../../../devcloud/package-repository/provide.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { tools } from "../../../devcloud/toolchain/tools.ts";
import { openstack } from "./openstack.ts";

/** Image with nothing but a system, and the server of the packages that its machines install. */
export interface BareSystem {
  /** Name of the image. */
  image: string;
  repository: PackageRepository;
  /** Removes the image, and stops the server. */
  end: () => Promise<void>;
}

/** Configuration of the stack for machines of the bare image. */
export function packageSettings({ repository }: BareSystem): Record<string, unknown> {
  return { "caravan:packageRepository": `${PACKAGES_URL}/kubernetes/`, "caravan:packageRepositoryKey": repository.fingerprint };
}

/** Uploads the image, and serves the packages in the cloud's network. */
export async function provideBareSystem(name: string): Promise<BareSystem> {
  const [repository, file] = [await packageRepository(), await bareImage()];
  await removeImage(name);
  const { hostname, port } = new URL(PACKAGES_URL);
  const serve = ["python3", "-m", "http.server", port, "--bind", hostname, "--directory", repository.dir];
  const [program, ...args] = [...endWithParent, ...insideNamespace(serve)];
  const server = spawn(program!, args, { stdio: "ignore" });
  await untilServed();
  const options = ["--disk-format", "qcow2", "--container-format", "bare", "--file", file];
  await openstack(["image", "create", ...options, name]);
  return {
    image: name,
    repository,
    end: async () => {
      server.kill();
      await removeImage(name);
    },
  };
}

async function untilServed(): Promise<void> {
  const deadline = Date.now() + 30_000;
  const get = () => onDevcloud(["curl", "--silent", "--fail", `${PACKAGES_URL}/kubernetes/InRelease`], { deadline: 30 });
  for (;;) {
    const reason = await get().then(
      () => undefined,
      (error: Error) => error,
    );
    if (reason === undefined) return;
    if (Date.now() > deadline) throw reason;
    await setTimeout(500);
  }
}

async function removeImage(name: string): Promise<void> {
  const images = await openstack<{ ID: string }[]>(["image", "list", "--name", name]);
  for (const { ID } of images) await onDevcloud(["openstack", "image", "delete", ID], { deadline: 60 });
}

/**
 * Reads the containerd configuration of devcloud's node image, for `containerRuntime.configuration`: containers in machines that are
 * containers need it, and the sandbox image is in the store under this name alone.
 */
export async function containerdConfiguration(): Promise<string> {
  const file = join(repositoryDir, "devcloud/image/files/etc/containerd/config.toml");
  const text = (await readFile(file, "utf8")).replace("@pauseImage@", `registry.k8s.io/pause:${tools.pause.version}`);
  return text.replace(/^imports = .*\n/m, "");
}
