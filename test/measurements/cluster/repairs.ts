/** Lines with the name of a server, which is its resource's name with a suffix. */
const SERVERS = [
  // From prepare.sh, and from the fan-out.
  /(\S+): failed: timed out after \d+ s waiting for the end of cloud-init's first boot/g,
  /(\S+) \([\d.]+\): no SSH within/g,
];

/** Lists the resources whose machines an operator would replace after reading Pulumi's output, since a retry would not repair them. */
export function unusableMachines(output: string): string[] {
  const servers = SERVERS.flatMap((line) => [...output.matchAll(line)].map(([, name = ""]) => name));
  return [...new Set(servers.map((server) => server.replace(/-[0-9a-f]{7}$/, "")))].sort();
}
