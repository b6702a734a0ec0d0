import type { Operation } from "../../server/provider.ts";
import type { Configuration } from "../configuration.ts";
import { chartArgs, flags, option } from "./chart.ts";
import { Helm } from "./helm.ts";
import { DEFAULT_TIMEOUT, type ReleaseInputs } from "./release-inputs.ts";

interface ReleaseName {
  name: string;
  namespace: string;
}

/** Error of helm for a name in use. Nothing was changed. */
export const NAME_IN_USE = "cannot re-use a name that is still in use";

/** Installs a release. Helm refuses a name in use, whatever the status of its release. */
export function installRelease(configuration: Configuration, inputs: ReleaseInputs, operation: Operation): Promise<void> {
  return change(configuration, inputs, operation, "install", [
    ...commonFlags(inputs),
    ...flags({
      "--no-hooks": inputs.disableWebhooks,
      "--create-namespace": inputs.createNamespace,
      "--dependency-update": inputs.dependencyUpdate,
      "--disable-openapi-validation": inputs.disableOpenapiValidation,
      "--replace": inputs.replace,
      "--skip-crds": inputs.skipCrds,
    }),
  ]);
}

/** Upgrades a release. Helm refuses while its last change has not ended. */
export function upgradeRelease(configuration: Configuration, inputs: ReleaseInputs, operation: Operation): Promise<void> {
  return change(configuration, inputs, operation, "upgrade", [
    ...commonFlags(inputs),
    ...["--history-max", String(inputs.maxHistory ?? 0)],
    ...flags({
      "--cleanup-on-fail": inputs.cleanupOnFail,
      "--dependency-update": inputs.dependencyUpdate,
      "--force": inputs.forceUpdate,
      "--reset-values": inputs.resetValues,
      "--reuse-values": inputs.reuseValues,
    }),
  ]);
}

function change(
  configuration: Configuration,
  inputs: ReleaseInputs,
  operation: Operation,
  command: "install" | "upgrade",
  args: readonly string[],
): Promise<void> {
  return Helm.use(configuration, async (helm) => {
    const values = await helm.file("values.yaml", JSON.stringify(inputs.values)); // JSON is YAML
    operation.status(`helm ${command} ${inputs.name} (chart ${inputs.chart} ${inputs.version})`);
    await helm.onCluster([command, inputs.name, ...chartArgs(inputs), "--values", values, ...args], operation.signal);
  });
}

function commonFlags(inputs: ReleaseInputs): string[] {
  return [
    ...["--namespace", inputs.namespace, "--timeout", `${inputs.timeout || DEFAULT_TIMEOUT}s`],
    ...option("--description", inputs.description),
    ...option("--post-renderer", inputs.postrender),
    ...flags({
      "--wait": !inputs.skipAwait,
      "--wait-for-jobs": !inputs.skipAwait && inputs.waitForJobs,
      "--atomic": inputs.atomic,
      "--render-subchart-notes": inputs.renderSubchartNotes,
    }),
  ];
}

/** Removes a release. It must exist. */
export async function removeRelease(configuration: Configuration, inputs: ReleaseInputs, operation: Operation): Promise<void> {
  const wait = inputs.atomic || !inputs.skipAwait;
  const args = wait ? ["--wait", "--timeout", `${inputs.timeout || DEFAULT_TIMEOUT}s`] : [];
  await Helm.use(configuration, (helm) => uninstall(helm, inputs, args, operation.signal));
}

async function uninstall(helm: Helm, { name, namespace }: ReleaseName, args: string[], signal: AbortSignal): Promise<void> {
  await helm.onCluster(["uninstall", name, "--namespace", namespace, ...args], signal);
}
