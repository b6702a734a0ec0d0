import { afterEach, beforeAll, beforeEach, vi } from "vitest";
import { createCa } from "../../lib/pki/certificates.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import type { FakeOpenStack } from "./fake-openstack.ts";
import { healthState, makeHealthy, WORKERS } from "./health-stack.ts";
import { FakeKubernetesApi } from "./kubernetes-api.ts";
import { startSignedIn } from "./signed-in.ts";

/** Cluster "demo" with a cloud and an API that answer. */
export interface HealthyCluster {
  cloud: FakeOpenStack;
  api: FakeKubernetesApi;
  /** State of its stack. */
  readonly state: ReturnType<typeof healthState>;
  /** Removes the first worker's server behind Pulumi's back. */
  lose(): void;
  /** Starts the API anew, with a certificate that ends after some days. */
  restartApi(days: number): Promise<void>;
}

/** Gives each test of a file a healthy cluster of its own. The object has it from the begin of a test on. */
export function useHealthyCluster(): HealthyCluster {
  let ca: KeyPair;
  const cluster = {
    get state() {
      return healthState(ca, cluster.api);
    },
    lose() {
      cluster.cloud.objects.servers = cluster.cloud.objects.servers!.filter(({ name }) => name !== WORKERS[0]);
    },
    async restartApi(days: number) {
      await cluster.api.stop();
      cluster.api = await FakeKubernetesApi.start(ca, days);
      makeHealthy(cluster.cloud, cluster.api);
    },
  } as HealthyCluster;
  beforeAll(async () => {
    ca = await createCa("kubernetes");
  });
  beforeEach(async () => {
    cluster.cloud = await startSignedIn();
    cluster.api = await FakeKubernetesApi.start(ca);
    makeHealthy(cluster.cloud, cluster.api);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    cluster.cloud.stop();
    await cluster.api.stop();
  });
  return cluster;
}
