import { X509Certificate } from "node:crypto";
import type { ClusterAccess } from "../../clients/kubernetes/access.ts";
import { servedCertificate } from "../../clients/kubernetes/served-certificate.ts";
import type { MachineCertificate } from "../../lib/health/machine-report.ts";
import type { Certificate } from "../../lib/health/observations.ts";
import { revealed } from "../state/secret-values.ts";
import { nameOf, type StateResource } from "../state/stack-state.ts";
import { STASH } from "../state/types.ts";

const RENEW_SERVED =
  "see why it was not renewed: `journalctl -u caravan-certificates` on the control plane. `systemctl start caravan-certificates` renews what is due";
const ROTATE = "plan its rotation: all that it has signed ends with it";

/** Returns the certificates that a state with plain secrets keeps. No key is read. */
export function stateCertificates(resources: readonly StateResource[]): Certificate[] {
  return resources.flatMap(({ type, urn, outputs }) => {
    if (type !== STASH) return [];
    const place = nameOf(urn);
    return pemsIn(revealed(outputs?.output)).map(([key, pem]) => {
      const fix = `run \`pulumi up\`, which signs what is due anew, or \`pulumi up --replace '${urn}'\` at once`;
      return certificateOf(pem, key === "" ? place : `${place}, ${key}`, fix, urn);
    });
  });
}

/** Returns the certificate in a kubeconfig with which its user signs in, if it has one. */
export function clientCertificates({ tls }: ClusterAccess): Certificate[] {
  return tls.cert ? [certificateOf(tls.cert, "of the kubeconfig", "take a new kubeconfig from the stack's output")] : [];
}

/** Returns the certificate that the API serves. None is known of an API that does not answer. */
export async function servedCertificates(access: ClusterAccess): Promise<Certificate[]> {
  try {
    return [certificateOf(await servedCertificate(access), `served at ${access.server}`, RENEW_SERVED)];
  } catch {
    return [];
  }
}

/** Returns a certificate on a control plane or on a machine of etcd. */
export function certificateOnMachine(machine: string, { path, pem }: MachineCertificate): Certificate {
  const isOwn = path.startsWith("/var/lib/kubelet/");
  const fix = isOwn ? "see `journalctl -u kubelet` on the machine: the kubelet renews it itself" : RENEW_SERVED;
  return certificateOf(pem, `${machine}:${path}`, fix);
}

/** Returns the certificates in the value of a Stash: that of a key pair, or those of several key pairs by their names. */
function pemsIn(value: unknown, key = ""): [key: string, pem: string][] {
  if (typeof value !== "object" || value === null) return [];
  const { certificate } = value as { certificate?: unknown };
  if (typeof certificate === "string") return [[key, certificate]];
  return key === "" ? Object.entries(value).flatMap(([name, each]) => pemsIn(each, name)) : [];
}

function certificateOf(pem: string | Buffer, place: string, fix: string, urn?: string): Certificate {
  const { subject, ca, validFromDate, validToDate, fingerprint256 } = new X509Certificate(pem);
  const [, commonName = "without a name"] = /^CN=(.*)$/m.exec(subject) ?? [];
  return {
    kind: ca ? "CA" : "certificate",
    name: `${commonName} (${place})`,
    notBefore: validFromDate.toISOString(),
    notAfter: validToDate.toISOString(),
    fingerprint: fingerprint256,
    ...(urn === undefined ? {} : { urn }),
    fix: ca ? ROTATE : fix,
  };
}
