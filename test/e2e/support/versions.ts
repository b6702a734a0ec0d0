import { fillRegistry } from "../../../devcloud/openstack/components/registry.ts";
import { up as startCloud } from "../../../devcloud/openstack/up.ts";
import { packageRepository } from "../../../devcloud/package-repository/provide.ts";
import { registrySettings } from "../../../devcloud/registry/settings.ts";
import type { OtherVersion } from "../../../devcloud/toolchain/kubernetes-versions.ts";
import { packageSettings } from "./bare-image.ts";
import { servePackages } from "./package-server.ts";

/** Timeout in milliseconds of what makes a cluster after a build of other versions, of which each takes about 10 minutes. */
export const BUILD_TIMEOUT = 60 * 60_000;

/** Images and packages of several versions of Kubernetes, for a cluster that is not of the image's version, or does not stay at it. */
export interface SeveralVersions {
  /** Configuration of the stack. The cluster has it from its creation on. */
  settings: Record<string, unknown>;
  /** Stops the server of the packages. The registry goes on. */
  end: () => void;
}

/** Builds other versions than the default, and gives machines the way to them: a registry behind a proxy, and an apt repository for each minor version. */
export async function severalVersions(others: readonly OtherVersion[]): Promise<SeveralVersions> {
  const repository = await packageRepository(others);
  await startCloud({ parts: ["registry", "proxy"] });
  await fillRegistry(others);
  const { end } = await servePackages(repository);
  return { settings: { ...packageSettings({ repository }), ...(await registrySettings()) }, end };
}
