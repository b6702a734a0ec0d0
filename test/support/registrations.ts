import * as pulumi from "@pulumi/pulumi";

/** Passes each request by which the SDK registers a resource with the present mocks to a function. The SDK's messages are not typed. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export function watchRegistrations(see: (request: any) => void): void {
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  // biome-ignore lint/suspicious/noExplicitAny: see above
  monitor.registerResource = (request: any, callback: unknown) => {
    see(request);
    return register(request, callback);
  };
}
