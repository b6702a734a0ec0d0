import { stringify } from "yaml";

/** Writes a value as YAML 1.1, because Kubernetes' parser reads it as such, and takes a bare "yes" for true. */
export function toYaml(value: unknown): string {
  return stringify(value, { version: "1.1" });
}
