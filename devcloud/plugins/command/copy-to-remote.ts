import { checkFields, NOT_SERVED } from "../server/fields.ts";
import { propertyDiffs } from "../server/property-diff.ts";
import { isArchive, isMap, type PropertyMap, type PropertyValue, reveal, unknown } from "../server/property-values.ts";
import type { CheckFailure, DiffRequest, Operation, ResourceType, UpdateRequest } from "../server/provider.ts";
import { uniqueId } from "./command-resource.ts";
import { copyToRemote } from "./fields.ts";
import { type Source, upload } from "./sftp-upload.ts";
import { type Connection, withSsh } from "./ssh-connection.ts";

interface CopyInputs {
  connection: Connection;
  source: Source & { hash?: string };
  remotePath: string;
}

/** File on another machine, copied from a file or a text of this one. It stays when the resource is deleted. */
export const copyToRemoteResource: ResourceType = {
  check({ news }) {
    const { inputs, failures } = checkFields(copyToRemote, news);
    return { inputs, failures: [...failures, ...sourceFailures(news.source ?? null)] };
  },

  diff({ oldInputs, inputs }: DiffRequest) {
    return { changes: propertyDiffs(oldInputs, inputs, (path) => path.startsWith("triggers")) };
  },

  async create(operation: Operation, inputs: PropertyMap) {
    if (operation.preview) return { id: "", outputs: inputs };
    await copy(operation, reveal(inputs) as unknown as CopyInputs);
    return { id: uniqueId(""), outputs: inputs };
  },

  async update(operation: Operation, { state, inputs }: UpdateRequest) {
    const before = reveal(state) as unknown as CopyInputs;
    const now = reveal(inputs) as unknown as CopyInputs;
    const same = before.source.hash === now.source.hash && before.remotePath === now.remotePath;
    if (!operation.preview && !same) await copy(operation, now);
    return inputs;
  },

  async delete() {},
};

function copy(operation: Operation, { connection, source, remotePath }: CopyInputs): Promise<void> {
  return withSsh(connection, operation, (client) => upload(client, source, remotePath, operation.signal));
}

function sourceFailures(value: PropertyValue): CheckFailure[] {
  const source = reveal(value);
  if (source === null || source === unknown) return [];
  if (isArchive(source)) return [{ property: "source", reason: `an archive is ${NOT_SERVED}` }];
  if (isMap(source) && ("text" in source || "path" in source)) return [];
  return [{ property: "source", reason: "source must be a StringAsset or a FileAsset" }];
}
