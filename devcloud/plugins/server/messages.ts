import grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { PropertyDiff } from "./property-diff.ts";
import type { PropertyMap } from "./property-values.ts";
import { type CheckResult, type Created, type Diff, NotReady, type ReadResult } from "./provider.ts";

export function pluginInfo(version: string) {
  const response = new plugin.PluginInfo();
  response.setVersion(version);
  return response;
}

/** Empty schema: the engine needs none at run time. */
export function emptySchema() {
  const response = new messages.GetSchemaResponse();
  response.setSchema("{}");
  return response;
}

export function configured() {
  const response = new messages.ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setSupportspreview(true);
  return response;
}

export function checked(result: CheckResult) {
  const response = new messages.CheckResponse();
  response.setInputs(properties(result.inputs));
  for (const { property, reason } of result.failures) {
    const failure = new messages.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    response.addFailures(failure);
  }
  return response;
}

export function diff({ changes, deleteBeforeReplace = false }: Diff) {
  const { DiffChanges } = messages.DiffResponse;
  const response = new messages.DiffResponse();
  response.setChanges(changes.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setDiffsList(topLevel(changes));
  response.setReplacesList(topLevel(changes.filter((change) => change.replace)));
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const change of changes) {
    const detail = new messages.PropertyDiff();
    detail.setKind(kind(change));
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(change.path, detail);
  }
  return response;
}

function topLevel(changes: PropertyDiff[]): string[] {
  return [...new Set(changes.map((change) => change.path.split(/[.[]/)[0] ?? ""))];
}

function kind(change: PropertyDiff) {
  const { Kind } = messages.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  return kinds[change.kind][change.replace ? 1 : 0];
}

export function created({ id, outputs }: Created) {
  const response = new messages.CreateResponse();
  response.setId(id);
  response.setProperties(properties(outputs));
  return response;
}

export function updated(outputs: PropertyMap) {
  const response = new messages.UpdateResponse();
  response.setProperties(properties(outputs));
  return response;
}

/** Makes the answer to a read. Without an id, it means that the resource does not exist. */
export function read(result: ReadResult) {
  const response = new messages.ReadResponse();
  if (result === undefined) return response;
  response.setId(result.id);
  response.setProperties(properties(result.outputs));
  response.setInputs(properties(result.inputs));
  return response;
}

/** Makes the error of a call, with the resource if it exists but is not ready. */
export function failure(error: unknown): grpc.ServiceError {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof NotReady) metadata.add("grpc-status-details-bin", Buffer.from(notReadyStatus(error).serializeBinary()));
  return Object.assign(new Error(message), { code: grpc.status.UNKNOWN, details: message, metadata });
}

function notReadyStatus(error: NotReady) {
  const detail = new messages.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(properties(error.outputs));
  detail.setInputs(properties(error.inputs));
  detail.setReasonsList([error.message]);
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const response = new status.Status();
  response.setCode(grpc.status.UNKNOWN);
  response.setMessage(error.message);
  response.addDetails(packed);
  return response;
}

function properties(map: PropertyMap) {
  return struct.Struct.fromJavaScript(map);
}
