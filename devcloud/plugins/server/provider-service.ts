import type grpc from "@grpc/grpc-js";
import type messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { EngineLog } from "./engine-log.ts";
import { NOT_SERVED } from "./fields.ts";
import * as encode from "./messages.ts";
import { namesOf, Operations } from "./operations.ts";
import type { PropertyMap } from "./property-values.ts";
import type { Provider, ResourceType } from "./provider.ts";

/** Answers the engine's calls (pulumi/provider.proto) with a provider. */
export class ProviderService {
  readonly #provider: Provider;
  readonly #operations: Operations;

  constructor(provider: Provider, log: EngineLog) {
    this.#provider = provider;
    this.#operations = new Operations(log);
  }

  cancelAll(): void {
    this.#operations.cancelAll();
  }

  idle(): Promise<void> {
    return this.#operations.idle();
  }

  handlers(): grpc.UntypedServiceImplementation {
    return {
      getPluginInfo: unary(() => encode.pluginInfo(this.#provider.version)),
      getSchema: unary(() => encode.emptySchema()),
      attach: unary(() => new empty.Empty()),
      cancel: unary(() => {
        this.cancelAll();
        return new empty.Empty();
      }),
      checkConfig: unary((request: messages.CheckRequest) => encode.checked(this.#provider.checkConfig(map(request.getNews())))),
      diffConfig: unary((request: messages.DiffRequest) => this.#diffConfig(request)),
      configure: unary(async (request: messages.ConfigureRequest) => {
        await this.#provider.configure(map(request.getArgs()));
        return encode.configured();
      }),
      check: unary((request: messages.CheckRequest) => this.#check(request)),
      diff: unary((request: messages.DiffRequest) => this.#diff(request)),
      create: unary((request: messages.CreateRequest) => this.#create(request)),
      read: unary((request: messages.ReadRequest) => this.#read(request)),
      update: unary((request: messages.UpdateRequest) => this.#update(request)),
      delete: unary((request: messages.DeleteRequest) => this.#delete(request)),
      invoke: unary((request: messages.InvokeRequest) => notServed(request.getTok())),
      call: unary((request: messages.CallRequest) => notServed(request.getTok())),
      construct: unary((request: messages.ConstructRequest) => notServed(request.getType())),
    };
  }

  #diffConfig(request: messages.DiffRequest) {
    return encode.diff(this.#provider.diffConfig(map(request.getOldInputs() ?? request.getOlds()), map(request.getNews())));
  }

  async #check(request: messages.CheckRequest) {
    const names = namesOf(request.getUrn());
    const type = this.#provider.resourceType(names.type);
    return encode.checked(await type.check({ ...names, olds: map(request.getOlds()), news: map(request.getNews()) }));
  }

  async #diff(request: messages.DiffRequest) {
    const properties = { state: map(request.getOlds()), oldInputs: map(request.getOldInputs()), inputs: map(request.getNews()) };
    const names = namesOf(request.getUrn());
    return encode.diff(await this.#type(request).diff({ ...names, id: request.getId(), ...properties }));
  }

  #create(request: messages.CreateRequest) {
    const inputs = map(request.getProperties());
    const options = { urn: request.getUrn(), preview: request.getPreview(), timeout: request.getTimeout(), properties: [inputs] };
    return this.#operations.run(options, async (operation) => encode.created(await this.#type(request).create(operation, inputs)));
  }

  #update(request: messages.UpdateRequest) {
    const properties = { state: map(request.getOlds()), oldInputs: map(request.getOldInputs()), inputs: map(request.getNews()) };
    const options = {
      urn: request.getUrn(),
      preview: request.getPreview(),
      timeout: request.getTimeout(),
      properties: Object.values(properties),
    };
    const update = { id: request.getId(), ...properties };
    return this.#operations.run(options, async (operation) => encode.updated(await this.#type(request).update(operation, update)));
  }

  #delete(request: messages.DeleteRequest) {
    const state = map(request.getProperties());
    const options = { urn: request.getUrn(), preview: false, timeout: request.getTimeout(), properties: [state] };
    return this.#operations.run(options, async (operation) => {
      await this.#type(request).delete(operation, { id: request.getId(), state });
      return new empty.Empty();
    });
  }

  #read(request: messages.ReadRequest) {
    const properties = { state: map(request.getProperties()), inputs: map(request.getInputs()) };
    const options = { urn: request.getUrn(), preview: false, timeout: request.getTimeout(), properties: Object.values(properties) };
    const type = this.#type(request);
    return this.#operations.run(options, async (operation) => {
      const known = { id: request.getId(), inputs: properties.inputs, outputs: properties.state };
      return encode.read(type.read === undefined ? known : await type.read(operation, { id: request.getId(), ...properties }));
    });
  }

  #type(request: { getUrn(): string }): ResourceType {
    return this.#provider.resourceType(namesOf(request.getUrn()).type);
  }
}

/** Throws the error about a feature that only the official plugin has. */
export function notServed(token: string): never {
  throw new Error(`${token} is ${NOT_SERVED}`);
}

function unary<Request>(answer: (request: Request) => unknown): grpc.UntypedHandleCall {
  const handle: grpc.handleUnaryCall<Request, unknown> = async (call, callback) => {
    try {
      callback(null, await answer(call.request));
    } catch (error) {
      callback(encode.failure(error));
    }
  };
  return handle as grpc.UntypedHandleCall;
}

function map(struct: { toJavaScript(): object } | undefined): PropertyMap {
  return (struct?.toJavaScript() ?? {}) as PropertyMap;
}
