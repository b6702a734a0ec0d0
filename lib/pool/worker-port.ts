const SERVER = "$openstack:compute/instance:Instance::";
const PORT = "$openstack:networking/port:Port::";

/** Returns the URN of the port that is made for a worker's server. */
export function portUrn(server: string): string {
  return server.replace(SERVER, PORT);
}

/**
 * Returns what to do when a worker's server is not created because its port serves its predecessor; `undefined` for all other failures. The
 * predecessor goes only when its successor has joined, so the port is what must be replaced.
 */
export function portInUseAdvice(urn: string, error: string): string | undefined {
  if (!urn.includes(`caravan:index:NodePool${SERVER}`) || !/\bPort \S+ is still in use\b/.test(error)) return undefined;
  return `its port serves the machine that it replaces; replace the port, and the machine follows: pulumi up --replace '${portUrn(urn)}'`;
}
