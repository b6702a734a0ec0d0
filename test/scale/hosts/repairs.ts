/** The line with which prepare.sh, or the fan-out, says that a machine is of no use. */
const UNUSABLE = [/(\S+): failed: the end of cloud-init's first boot/g, /(\S+) \([\d.]+\): no SSH within/g];

/** Names of the resources whose machines an operator would have replaced after reading what Pulumi said: a second try would not help them. */
export function unusableMachines(output: string): string[] {
  const servers = UNUSABLE.flatMap((line) => [...output.matchAll(line)].map(([, server = ""]) => server));
  // Pulumi's own suffix makes the server's name of the resource's.
  return [...new Set(servers.map((server) => server.replace(/-[0-9a-f]{7}$/, "")))].sort();
}
