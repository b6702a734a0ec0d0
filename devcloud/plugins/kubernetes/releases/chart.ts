import { parse } from "yaml";
import { runHelm } from "./helm.ts";
import type { ReleaseInputs } from "./release-inputs.ts";

/** Arguments by which helm finds a chart: a local path, an OCI reference, or a name in a repository. */
export function chartArgs({ chart, repositoryOpts, version, devel, verify, keyring }: ReleaseInputs): string[] {
  const { repo = "", caFile = "", certFile = "", keyFile = "" } = repositoryOpts ?? {};
  const isUrl = URL.canParse(repo) && !chart.startsWith("oci://");
  const inNamedRepository = !isUrl && repo !== "" && !chart.includes("/");
  return [
    inNamedRepository ? `${repo}/${chart}` : chart,
    ...option("--repo", isUrl ? repo : ""),
    ...option("--ca-file", caFile),
    ...option("--cert-file", certFile),
    ...option("--key-file", keyFile),
    ...option("--version", version.trim()),
    ...flags({ "--devel": devel, "--verify": verify }),
    ...option("--keyring", verify ? keyring : ""),
  ];
}

/** Returns the exact version of the chart that helm would install. */
export async function chartVersion(inputs: ReleaseInputs, signal: AbortSignal): Promise<string> {
  const metadata = parse(await runHelm(["show", "chart", ...chartArgs(inputs)], signal)) as { version: string };
  return metadata.version;
}

export function option(name: string, value: string): string[] {
  return value === "" ? [] : [name, value];
}

export function flags(wanted: Record<string, boolean>): string[] {
  return Object.keys(wanted).filter((name) => wanted[name]);
}
