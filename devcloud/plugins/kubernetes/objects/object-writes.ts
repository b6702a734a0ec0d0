import type { Operation } from "../../server/provider.ts";
import { ApiError } from "../api-client.ts";
import type { Configuration } from "../configuration.ts";
import { withManager } from "./field-managers.ts";
import { annotation, type KubernetesObject, managedFields, objectId } from "./kubernetes-object.ts";
import type { ObjectApi } from "./object-api.ts";

export interface WriteContext {
  api: ObjectApi;
  operation: Operation;
  fieldManager: string;
  configuration: Configuration;
}

/** Creates an object. In a preview, the server only returns what it would create. */
export async function createObject(context: WriteContext, object: KubernetesObject): Promise<KubernetesObject> {
  const { api, operation, configuration } = context;
  if (configuration.upsertExistingObjects) return applied(context, object, operation.preview || forced(context, object));
  try {
    return await api.create(object, { ...writing(operation), fieldManager: "pulumi-kubernetes" }, operation.signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
    const hint = "use `pulumi import` to adopt it, or set upsertExistingObjects on the provider to update existing objects on create";
    throw new ApiError(error.status, error.reason, `${error.message}; ${hint}`);
  }
}

/** Changes an object to these inputs by server-side apply. */
export async function updateObject(context: WriteContext, object: KubernetesObject): Promise<KubernetesObject> {
  const { api, operation, fieldManager } = context;
  const live = await api.get(object, operation.signal);
  if (live === undefined)
    throw new ApiError(404, "NotFound", `${object.kind} ${objectId(object)} is not in the cluster any more: run pulumi refresh`);
  if (object.kind === "CustomResourceDefinition") {
    const metadata = { ...object.metadata, resourceVersion: live.metadata.resourceVersion ?? "" };
    return api.replace({ ...object, metadata }, { ...writing(operation), fieldManager }, operation.signal);
  }
  // The first update changes the owner of the fields. Until then, a preview would have conflicts with the creator.
  const fields = withManager(managedFields(live), fieldManager);
  if (fields === undefined) return applied(context, object, managedFields(live).length === 0 || forced(context, object));
  if (operation.preview) return applied(context, object, true);
  const change = [
    { op: "replace", path: "/metadata/managedFields", value: fields },
    { op: "replace", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion ?? "" },
  ];
  await api.patch(object, change, operation.signal);
  return applied(context, object, forced(context, object));
}

async function applied(
  { api, operation, fieldManager }: WriteContext,
  object: KubernetesObject,
  force: boolean,
): Promise<KubernetesObject> {
  try {
    return await api.apply(object, { ...writing(operation), fieldManager, force: String(force) }, operation.signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== "Conflict") throw error;
    throw new Error(
      `server-side apply field conflict: others manage fields that ${objectId(object)} sets (the annotation pulumi.com/patchForce: "true" takes them): ${error.message}`,
    );
  }
}

function forced({ configuration }: WriteContext, object: KubernetesObject): boolean {
  return configuration.patchForce || annotation(object, "pulumi.com/patchForce") === "true";
}

/** Query of a write. Fields that the API does not know are refused, as by the official plugin's own validation. */
function writing({ preview }: Operation): Record<string, string> {
  return { fieldValidation: "Strict", ...(preview ? { dryRun: "All" } : {}) };
}
