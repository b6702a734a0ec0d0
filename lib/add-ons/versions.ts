import { isFullVersion, minorOf } from "../node/kubernetes-version.ts";
import type { Problems } from "../problems.ts";
import { minorNumber } from "../upgrade/versions.ts";

/**
 * Names of the add-ons, as in the configuration. A new one has its versions below, settings in settings.ts, objects as plain data in a file of its own, rules in
 * rules.ts, a component that calls `installAddOn`, its place in components/kubernetes-cluster/add-ons.ts, and its image in devcloud/registry/add-on-images.ts.
 */
export const ADD_ONS = ["metricsServer"] as const;

export type AddOnName = (typeof ADD_ONS)[number];

/** Minor version of an add-on for which the library's objects are written, and the minor versions of Kubernetes for which its project makes it. */
export interface AddOnVersion {
  /** Full version that is installed by default. */
  version: string;
  /** Oldest minor version of Kubernetes. */
  oldest: string;
  /** Newest minor version of Kubernetes. @default its project names none */
  newest?: string;
}

/** Versions by add-on. The first that fits the version of Kubernetes is the default. */
export const ADD_ON_VERSIONS: Readonly<Record<AddOnName, readonly AddOnVersion[]>> = {
  // README.md of metrics-server v0.9.0, "Compatibility Matrix".
  metricsServer: [
    { version: "0.8.0", oldest: "1.31" },
    { version: "0.9.0", oldest: "1.34" },
  ],
};

/** Returns whether a version of an add-on is for a version of Kubernetes. */
export function fits({ oldest, newest }: AddOnVersion, kubernetesVersion: string): boolean {
  const minor = minorNumber(kubernetesVersion);
  return minor >= minorNumber(oldest) && (newest === undefined || minor <= minorNumber(newest));
}

/** Returns the version of an add-on that is installed by default with a version of Kubernetes. */
export function defaultVersion(addOn: AddOnName, kubernetesVersion: string): string {
  const fitting = ADD_ON_VERSIONS[addOn].find((each) => fits(each, kubernetesVersion));
  // A version of Kubernetes that is not supported is refused elsewhere.
  return (fitting ?? ADD_ON_VERSIONS[addOn][0]!).version;
}

/** Checks that a given version of an add-on is one that the library knows, and that it is for the version of Kubernetes. */
export function checkAddOnVersion(versions: readonly AddOnVersion[], version: string, kubernetesVersion: string, problems: Problems): void {
  if (!isFullVersion(version)) {
    problems.add("version", `"${version}" is not a full version; write it without a "v", like ${versions[0]!.version}`);
    return;
  }
  const known = versions.find((each) => minorOf(each.version) === minorOf(version));
  const fitting = versions.filter((each) => fits(each, kubernetesVersion)).map((each) => minorOf(each.version));
  if (known === undefined) problems.add("version", `${version} is not one that the library knows; use a version of ${fitting.join(", ")}`);
  else if (!fits(known, kubernetesVersion)) {
    const { oldest, newest } = known;
    const range = newest === undefined ? `${oldest} and later` : `${oldest} to ${newest}`;
    problems.add(
      "version",
      `${version} is for Kubernetes ${range}, not for ${kubernetesVersion}; use a version of ${fitting.join(", ")}, or leave it out, so that it follows kubernetesVersion`,
    );
  }
}
