/** Lines that name a server, which Pulumi has called by its resource's name and a suffix. */
const SERVERS = [
  // Of prepare.sh, and of the fan-out.
  /(\S+): failed: the end of cloud-init's first boot/g,
  /(\S+) \([\d.]+\): no SSH within/g,
];

/** Names of the resources whose machines an operator would have replaced after reading what Pulumi said: a second try would not help them. */
export function unusableMachines(output: string): string[] {
  const servers = SERVERS.flatMap((line) => [...output.matchAll(line)].map(([, name = ""]) => name));
  return [...new Set(servers.map((server) => server.replace(/-[0-9a-f]{7}$/, "")))].sort();
}
