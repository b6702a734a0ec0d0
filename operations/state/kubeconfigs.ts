import { parse } from "yaml";
import { certificatesIn } from "../../lib/pki/pem.ts";
import { revealed } from "./secret-values.ts";
import { resourcesOf, type StackState, type StateResource } from "./stack-state.ts";
import { STASH } from "./types.ts";

/** Returns the administrators' kubeconfigs in a state with plain secrets whose CA is in the state, too. */
export function ownKubeconfigs(state: StackState): string[] {
  const resources = resourcesOf(state);
  const cas = new Set(resources.flatMap((each) => (each.type === STASH ? certificateIn(each) : [])));
  const found = resources.flatMap(({ inputs, outputs }) => [inputs?.kubeconfig, outputs?.kubeconfig]).map(revealed);
  const kubeconfigs = found.filter((each): each is string => typeof each === "string" && each.includes("clusters:"));
  return [...new Map(kubeconfigs.map((each) => [serverOf(each, cas), each])).entries()].flatMap(([server, each]) =>
    server === undefined ? [] : [each],
  );
}

function certificateIn({ outputs }: StateResource): string[] {
  const output = revealed(outputs?.output);
  const certificate = typeof output === "object" && output !== null && "certificate" in output ? output.certificate : undefined;
  return typeof certificate === "string" ? [certificate.trim()] : [];
}

function serverOf(kubeconfig: string, cas: ReadonlySet<string>): string | undefined {
  const [{ cluster } = {}] = parse(kubeconfig)?.clusters ?? [];
  const trusted = certificatesIn(Buffer.from(String(cluster?.["certificate-authority-data"]), "base64").toString());
  return trusted.some((ca) => cas.has(ca)) ? String(cluster.server) : undefined;
}
