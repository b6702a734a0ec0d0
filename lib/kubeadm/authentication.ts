import type { Problems } from "../problems.ts";
import { toYaml } from "../yaml.ts";
import type { AuthenticationSettings } from "./settings.ts";

/** Paths of the API server's health. Probes of kubeadm, haproxy, keepalived and load balancers request them anonymously. */
const HEALTH_PATHS = ["/livez", "/readyz", "/healthz"];

/** Kind of the API server's AuthenticationConfiguration. */
export const AUTHENTICATION_KIND = { apiVersion: "apiserver.config.k8s.io/v1", kind: "AuthenticationConfiguration" };

/** Writes the API server's AuthenticationConfiguration (v1, in 1.34 to 1.37). Anonymous requests reach nothing but its health. */
export function authenticationConfiguration({ configuration = {} }: AuthenticationSettings = {}): string {
  return toYaml({
    ...AUTHENTICATION_KIND,
    jwt: [],
    anonymous: { enabled: true, conditions: HEALTH_PATHS.map((path) => ({ path })) },
    ...configuration,
  });
}

/** Checks for arguments of the API server that keep it from starting beside its AuthenticationConfiguration. */
export function checkAuthenticationFlags(flags: Readonly<Record<string, string | string[]>>, problems: Problems): void {
  for (const flag of Object.keys(flags)) {
    const field = flag.startsWith("oidc-") ? "jwt" : flag === "anonymous-auth" ? "anonymous" : undefined;
    if (field === undefined) continue;
    const advice = `use controlPlane.authentication.configuration.${field}`;
    problems.add(flag, `cannot be used beside the library's AuthenticationConfiguration; ${advice}`);
  }
}
