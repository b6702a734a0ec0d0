/** Lines that name a server, which Pulumi has called by its resource's name and a suffix. */
const SERVERS = [
  // Of prepare.sh, and of the fan-out.
  /(\S+): failed: the end of cloud-init's first boot/g,
  /(\S+) \([\d.]+\): no SSH within/g,
];

/** What the plugin says of a server that Nova could not build. */
const ERROR = /Instance::(\S+): 1 error occurred:\s+\* Error waiting for instance \(\S+\) to become ready: unexpected state 'ERROR'/g;

/** Names of the resources whose machines an operator would have replaced after reading what Pulumi said: a second try would not help them. */
export function unusableMachines(output: string): string[] {
  const named = (line: RegExp) => [...output.matchAll(line)].map(([, name = ""]) => name);
  const ofServers = SERVERS.flatMap(named).map((server) => server.replace(/-[0-9a-f]{7}$/, ""));
  return [...new Set([...ofServers, ...named(ERROR)])].sort();
}
