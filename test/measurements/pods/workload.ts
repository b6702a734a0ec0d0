/** Deployments and namespaces of a run, as in 50,000 pods: 500 in each Deployment, five Deployments in each namespace. */
const DEPLOYMENTS = 100;
const NAMESPACES = 20;

/** A Deployment that is to be made. */
export interface PlannedDeployment {
  namespace: string;
  name: string;
  replicas: number;
}

/** Spreads pods over Deployments, and those over namespaces. */
export function planDeployments(pods: number, deployments = DEPLOYMENTS, namespaces = NAMESPACES): PlannedDeployment[] {
  return Array.from({ length: Math.min(deployments, pods) }, (_, index) => ({
    namespace: `load-${index % namespaces}`,
    name: `deployment-${index}`,
    replicas: Math.floor(pods / deployments) + (index < pods % deployments ? 1 : 0),
  }));
}

/** The Deployment as the API takes it. */
export function deployment({ namespace, name, replicas }: PlannedDeployment) {
  const labels = { app: name };
  const container = {
    name: "pause",
    image: "registry.k8s.io/pause:3.10.2",
    resources: { requests: { cpu: "50m", memory: "64Mi" } },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace, name, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  };
}
