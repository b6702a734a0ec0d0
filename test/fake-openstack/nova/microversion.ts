import type { ApiRequest } from "../api.ts";

/** Returns the minor version of Nova's API 2 that a request names. @default 1 */
export function microversion({ headers }: ApiRequest): number {
  const text = headers["openstack-api-version"] ?? headers["x-openstack-nova-api-version"] ?? "";
  const [, minor = "1"] = /2\.(\d+)$/.exec(String(text)) ?? [];
  return Number(minor);
}
