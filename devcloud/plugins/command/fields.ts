import type { Field, ObjectType } from "../server/fields.ts";

const lifecycle: Record<string, Field> = {
  create: { type: "string" },
  update: { type: "string" },
  delete: { type: "string" },
  triggers: { type: { list: "any" } },
  stdin: { type: "string" },
  logging: { type: "string" },
  environment: { type: { map: "string" } },
  addPreviousOutputInEnv: { type: "boolean" },
};

const host: Record<string, Field> = {
  host: { type: "string", required: true },
  port: { type: "number", default: 22 },
  user: { type: "string", default: "root" },
  password: { type: "string", secret: true },
  privateKey: { type: "string", secret: true },
  privateKeyPassword: { type: "string", secret: true },
  agentSocketPath: { type: "string" },
  dialErrorLimit: { type: "number", default: 10 },
  perDialTimeout: { type: "number", default: 15 },
  hostKey: { type: "string" },
};

const connection: ObjectType = {
  title: "remote.Connection",
  fields: { ...host, proxy: { type: { title: "remote.ProxyConnection", fields: host } } },
};

export const localCommand: ObjectType = {
  title: "local.CommandInputs",
  fields: {
    ...lifecycle,
    interpreter: { type: { list: "string" } },
    dir: { type: "string" },
    assetPaths: { type: { list: "string" }, notServed: true },
    archivePaths: { type: { list: "string" }, notServed: true },
  },
};

export const remoteCommand: ObjectType = {
  title: "remote.CommandInputs",
  fields: { ...lifecycle, connection: { type: connection, required: true, secret: true } },
};

export const copyToRemote: ObjectType = {
  title: "remote.CopyToRemoteInputs",
  fields: {
    connection: { type: connection, required: true, secret: true },
    source: { type: "any", required: true },
    remotePath: { type: "string", required: true },
    triggers: { type: { list: "any" } },
  },
};
