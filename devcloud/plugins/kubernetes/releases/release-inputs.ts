import type { ObjectType } from "../../server/fields.ts";
import { isMap, isSecret, type PropertyMap, type PropertyValue, secret } from "../../server/property-values.ts";

/** Inputs of a Release, as helm needs them. */
export interface ReleaseInputs {
  name: string;
  namespace: string;
  chart: string;
  version: string;
  values: PropertyMap;
  repositoryOpts?: { repo: string; caFile: string; certFile: string; keyFile: string };
  timeout: number;
  maxHistory?: number;
  description: string;
  keyring: string;
  postrender: string;
  atomic: boolean;
  cleanupOnFail: boolean;
  createNamespace: boolean;
  dependencyUpdate: boolean;
  devel: boolean;
  disableOpenapiValidation: boolean;
  disableWebhooks: boolean;
  forceUpdate: boolean;
  renderSubchartNotes: boolean;
  replace: boolean;
  resetValues: boolean;
  reuseValues: boolean;
  skipAwait: boolean;
  skipCrds: boolean;
  verify: boolean;
  waitForJobs: boolean;
}

// Values that the official plugin writes for missing inputs.
const emptyInputs: PropertyMap = {
  allowNullValues: false,
  atomic: false,
  chart: "",
  cleanupOnFail: false,
  createNamespace: false,
  dependencyUpdate: false,
  description: "",
  devel: false,
  disableCRDHooks: false,
  disableOpenapiValidation: false,
  disableWebhooks: false,
  forceUpdate: false,
  keyring: "",
  lint: false,
  postrender: "",
  recreatePods: false,
  renderSubchartNotes: false,
  replace: false,
  resetValues: false,
  reuseValues: false,
  skipAwait: false,
  skipCrds: false,
  timeout: 0,
  verify: false,
  version: "",
  waitForJobs: false,
};

const emptyRepositoryOpts: PropertyMap = { repo: "", caFile: "", certFile: "", keyFile: "", password: "", username: "" };

export const DEFAULT_TIMEOUT = 300; // seconds

export const releaseFields: ObjectType = {
  title: "helm.sh/v3.Release",
  fields: {
    ...Object.fromEntries(
      Object.entries(emptyInputs).map(([name, empty]) => [name, { type: typeof empty as "string" | "number" | "boolean" }]),
    ),
    lint: { type: "boolean", notServed: true },
    disableCRDHooks: { type: "boolean", notServed: true },
    recreatePods: { type: "boolean", notServed: true },
    chart: { type: "string", required: true },
    name: { type: "string" },
    namespace: { type: "string" },
    maxHistory: { type: "number" },
    values: { type: { map: "any" } },
    valueYamlFiles: { type: { list: "any" } },
    repositoryOpts: {
      type: {
        title: "helm.sh/v3.RepositoryOpts",
        fields: {
          repo: { type: "string" },
          caFile: { type: "string" },
          certFile: { type: "string" },
          keyFile: { type: "string" },
          username: { type: "string", notServed: true },
          password: { type: "string", notServed: true },
        },
      },
    },
  },
};

/** Completes the inputs of a release with their defaults, without those that the official plugin ignores. */
export function completeInputs(given: PropertyMap, name: string, namespace: string, values: PropertyValue): PropertyMap {
  const inputs: PropertyMap = { ...emptyInputs, name, namespace, values };
  for (const key of [...Object.keys(emptyInputs), "maxHistory"]) if (given[key] != null) inputs[key] = given[key];
  if (isMap(given.repositoryOpts)) inputs.repositoryOpts = { ...emptyRepositoryOpts, ...given.repositoryOpts };
  if (given.skipAwait !== true) inputs.timeout = given.timeout ?? DEFAULT_TIMEOUT;
  if (given.verify === true) inputs.keyring = given.keyring || `${process.env.HOME}/.gnupg/pubring.gpg`;
  return inputs;
}

/** Merges values like helm: maps member by member, and everything else is replaced. A value that comes from a secret stays one. */
export function mergeValues(base: PropertyValue, overlay: PropertyValue): PropertyValue {
  if (isSecret(base) || isSecret(overlay)) return secret(mergeValues(plain(base), plain(overlay)));
  if (!isMap(base) || !isMap(overlay)) return overlay;
  const merged: PropertyMap = { ...base };
  for (const [name, value] of Object.entries(overlay)) {
    const before = merged[name];
    merged[name] = before === undefined ? value : mergeValues(before, value);
  }
  return merged;
}

function plain(value: PropertyValue): PropertyValue {
  return isSecret(value) ? value.value : value;
}
