import { API_VERSION } from "../crds/kinds/object.ts";

/** Kind of objects in the API, as its paths name it. */
export interface Resource {
  base: string;
  plural: string;
  /** @default true */
  isNamespaced?: boolean;
}

const FLEET = `/apis/${API_VERSION}`;
const RBAC = "/apis/rbac.authorization.k8s.io/v1";

export const TEMPLATES: Resource = { base: FLEET, plural: "clustertemplates" };
export const CLUSTERS: Resource = { base: FLEET, plural: "clusters" };
export const POOLS: Resource = { base: FLEET, plural: "clusterpools" };
export const CLAIMS: Resource = { base: FLEET, plural: "clusterclaims" };
export const RUNS: Resource = { base: FLEET, plural: "runs" };
export const SECRETS: Resource = { base: "/api/v1", plural: "secrets" };
export const ROLES: Resource = { base: RBAC, plural: "roles" };
export const ROLE_BINDINGS: Resource = { base: RBAC, plural: "rolebindings" };
