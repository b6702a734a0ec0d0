import { stringify } from "yaml";

/** A value as YAML that readers of YAML 1.1 take for the same: Kubernetes' parser is one, and takes a bare "yes" for true. */
export function toYaml(value: unknown): string {
  return stringify(value, { version: "1.1" });
}
