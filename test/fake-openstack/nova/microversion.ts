import type { ApiRequest } from "../api.ts";

/** The minor version of Nova's API 2 that a request asks for: 1 unless it says so. */
export function microversion({ headers }: ApiRequest): number {
  const text = headers["openstack-api-version"] ?? headers["x-openstack-nova-api-version"] ?? "";
  const [, minor = "1"] = /2\.(\d+)$/.exec(String(text)) ?? [];
  return Number(minor);
}
