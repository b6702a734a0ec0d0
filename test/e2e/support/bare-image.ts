import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bareImage } from "../../../devcloud/package-repository/bare-image.ts";
import { KUBERNETES_URL, type PackageRepository, packageRepository } from "../../../devcloud/package-repository/provide.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { tools } from "../../../devcloud/toolchain/tools.ts";
import { removeImages } from "./image-copy.ts";
import { openstack } from "./openstack.ts";
import { servePackages } from "./package-server.ts";

/** Image with nothing but a system, and the server of the packages that its machines install. */
export interface BareSystem {
  /** Name of the image. */
  image: string;
  repository: PackageRepository;
  /** Removes the image, and stops the server. */
  end: () => Promise<void>;
}

/** Configuration of the stack for machines of the bare image. */
export function packageSettings({ repository }: Pick<BareSystem, "repository">): Record<string, unknown> {
  return { "caravan:packageRepository": KUBERNETES_URL, "caravan:packageRepositoryKey": repository.fingerprint };
}

/** Uploads the image, and serves the packages in the cloud's network. */
export async function provideBareSystem(name: string): Promise<BareSystem> {
  const [repository, file] = [await packageRepository(), await bareImage()];
  await removeImages(name);
  const server = await servePackages(repository);
  const options = ["--disk-format", "qcow2", "--container-format", "bare", "--file", file];
  await openstack(["image", "create", ...options, name]);
  return {
    image: name,
    repository,
    end: async () => {
      server.end();
      await removeImages(name);
    },
  };
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
