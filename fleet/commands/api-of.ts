import { Api } from "../api/api.ts";

/** Makes the client of the management cluster from a command's options. */
export function apiOf({ namespace, management }: { namespace?: string; management?: string }): Api {
  return Api.load({ ...(namespace === undefined ? {} : { namespace }), ...(management === undefined ? {} : { kubeconfig: management }) });
}
