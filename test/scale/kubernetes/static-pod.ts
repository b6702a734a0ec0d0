import { parse } from "yaml";

/** The command of a static pod with one container, as kubeadm writes it: the kubelet would run it in the container's image. */
export function staticPodCommand(manifest: string): string[] {
  const pod = parse(manifest) as { spec?: { containers?: { command?: string[]; args?: string[] }[] } };
  const containers = pod.spec?.containers ?? [];
  const [container] = containers;
  if (containers.length !== 1 || !container?.command)
    throw new Error(`a static pod has ${containers.length} containers with a command; kubeadm writes one`);
  return [...container.command, ...(container.args ?? [])];
}
