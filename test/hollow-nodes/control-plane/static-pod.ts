import { parse } from "yaml";

/** Process of a container. */
export interface StaticPodProcess {
  command: string[];
  environment: Record<string, string>;
}

interface Container {
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string }[];
}

/** Reads the process of a static pod with one container, as kubeadm writes it. The kubelet would run it in the container's image. */
export function staticPodProcess(manifest: string): StaticPodProcess {
  const pod = parse(manifest) as { spec?: { containers?: Container[] } };
  const containers = pod.spec?.containers ?? [];
  const [container] = containers;
  if (containers.length !== 1 || !container?.command)
    throw new Error(`a static pod has ${containers.length} containers with a command; kubeadm writes one`);
  const { command, args = [], env = [] } = container;
  return { command: [...command, ...args], environment: Object.fromEntries(env.map(({ name, value = "" }) => [name, value])) };
}
