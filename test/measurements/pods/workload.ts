/** Deployments and namespaces of a run. With 50,000 pods, each Deployment has 500, and each namespace has five Deployments. */
const DEPLOYMENTS = 100;
const NAMESPACES = 20;

/** Deployment to create. */
export interface PlannedDeployment {
  namespace: string;
  name: string;
  replicas: number;
}

/** Distributes pods over Deployments, and those over namespaces. */
export function planDeployments(pods: number, deployments = DEPLOYMENTS, namespaces = NAMESPACES): PlannedDeployment[] {
  return Array.from({ length: Math.min(deployments, pods) }, (_, index) => ({
    namespace: `load-${index % namespaces}`,
    name: `deployment-${index}`,
    replicas: Math.floor(pods / deployments) + (index < pods % deployments ? 1 : 0),
  }));
}

/** Makes the Deployment in the API's form. */
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
