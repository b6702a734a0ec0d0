import { defined } from "../defined.ts";
import { toYaml } from "../yaml.ts";
import { API_PORT } from "./init.ts";
import { NODE_ADDRESS, nodeRegistration, type RegistrationArgs } from "./node-registration.ts";
import { DISCOVERY } from "./paths.ts";

export interface JoinArgs {
  /** Makes the node a control plane. */
  controlPlane: boolean;
  /** Folder on the node with kubeadm's patches. @default none */
  patches?: string | undefined;
  registration: RegistrationArgs;
}

/** Writes the configuration of `kubeadm join` (v1beta4). */
export function joinConfiguration({ controlPlane, patches, registration }: JoinArgs): string {
  return toYaml({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "JoinConfiguration",
    discovery: { file: { kubeConfigPath: DISCOVERY } },
    nodeRegistration: nodeRegistration(registration),
    ...defined({ patches: patches && { directory: patches } }),
    ...(controlPlane ? { controlPlane: { localAPIEndpoint: { advertiseAddress: NODE_ADDRESS, bindPort: API_PORT } } } : {}),
  });
}
