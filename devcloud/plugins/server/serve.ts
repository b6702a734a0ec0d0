import { once } from "node:events";
import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { EngineLog } from "./engine-log.ts";
import type { Provider } from "./provider.ts";
import { ProviderService } from "./provider-service.ts";

const MESSAGE_LIMIT = 400 * 1024 * 1024; // the engine's own

/** Serves a provider to the Pulumi engine that started this process. Prints the port, as the engine expects. */
export async function serve(provider: Provider): Promise<void> {
  const engineAddress = process.argv.slice(2).find((argument) => /:\d+$/.test(argument));
  const service = new ProviderService(provider, new EngineLog(engineAddress));
  const server = new grpc.Server({ "grpc.max_receive_message_length": MESSAGE_LIMIT });
  server.addService(services.ResourceProviderService, service.handlers());

  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)));
  });
  process.stdout.write(`${port}\n`);
  endWithParent(service);
}

/** Ends all operations when the engine has ended: a killed engine cannot cancel them, and nobody would see the results. */
function endWithParent(service: ProviderService): void {
  const parent = process.ppid;
  const end = async () => {
    service.cancelAll();
    await Promise.race([service.idle(), once(AbortSignal.timeout(15_000), "abort")]);
    process.exit();
  };
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    void end();
  }, 500);
  process.once("SIGTERM", end);
}
