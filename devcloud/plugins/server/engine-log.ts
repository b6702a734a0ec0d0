import grpc from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";

export type Severity = "info" | "warning" | "error";

/** Shows lines in the output of the engine, beside their resource. */
export class EngineLog {
  readonly #client: InstanceType<typeof engine.EngineClient> | undefined;
  #pending = new Set<Promise<void>>();

  constructor(engineAddress: string | undefined) {
    if (engineAddress !== undefined) this.#client = new engine.EngineClient(engineAddress, grpc.credentials.createInsecure());
  }

  /** Writes a line. An ephemeral line is shown only during the operation. */
  write(severity: Severity, message: string, urn: string, ephemeral: boolean): void {
    const request = new messages.LogRequest();
    request.setSeverity({ info: 1, warning: 2, error: 3 }[severity] as 1 | 2 | 3);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    // A line that cannot be shown must not fail the operation.
    const sent = new Promise<void>((resolve) => this.#client?.log(request, () => resolve()) ?? resolve());
    this.#pending.add(sent);
    void sent.then(() => this.#pending.delete(sent));
  }

  /** Waits until the engine has all lines, so that none arrives after the operation. */
  async flush(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
