import type { Problems } from "../problems.ts";
import { toYaml } from "../yaml.ts";
import type { AuthenticationSettings } from "./settings.ts";

/** Paths at which the API server says whether it is well: kubeadm's probes, haproxy, keepalived and load balancers ask there without a name. */
const HEALTH_PATHS = ["/livez", "/readyz", "/healthz"];

/** The API server's AuthenticationConfiguration, which 1.34 to 1.37 take as v1: nobody without a name gets further than to its health. */
export function authenticationConfiguration({ configuration = {} }: AuthenticationSettings = {}): string {
  return toYaml({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    jwt: [],
    anonymous: { enabled: true, conditions: HEALTH_PATHS.map((path) => ({ path })) },
    ...configuration,
  });
}

/** Notes arguments of the API server with which it does not start beside its AuthenticationConfiguration. */
export function checkAuthenticationFlags(flags: Readonly<Record<string, string>>, problems: Problems): void {
  for (const flag of Object.keys(flags)) {
    const field = flag.startsWith("oidc-") ? "jwt" : flag === "anonymous-auth" ? "anonymous" : undefined;
    if (field === undefined) continue;
    const advice = `use controlPlane.authentication.configuration.${field}`;
    problems.add(flag, `cannot be used beside the library's AuthenticationConfiguration; ${advice}`);
  }
}
