import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { type Kubernetes, KubernetesError } from "../../clients/kubernetes/client.ts";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
const NAME = "caravan-heal";

/** Seconds until the lease of a process that was killed ends. Clocks may differ by some minutes. */
const DURATION = 600;

/** Seconds between two extensions. */
const RENEW_SECONDS = 60;

interface Lease {
  apiVersion: "coordination.k8s.io/v1";
  kind: "Lease";
  metadata: { name: string; namespace: string; resourceVersion?: string };
  spec?: { holderIdentity?: string; leaseDurationSeconds?: number; acquireTime?: string; renewTime?: string };
}

/** Error of a process that does not get the lease, because another one has it. */
export class LeaseHeld extends Error {}

/** Lease of a cluster that lets one process at a time replace machines: another one would act on what it read before. */
export class HealingLease {
  readonly #kubernetes: Kubernetes;
  readonly #holder = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  #timer: NodeJS.Timeout | undefined;

  private constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
  }

  /** Takes the lease, and keeps it until it is released. @throws LeaseHeld when another process has it */
  static async take(kubernetes: Kubernetes): Promise<HealingLease> {
    const lease = new HealingLease(kubernetes);
    await lease.#write(DURATION);
    lease.#timer = setInterval(() => lease.#write(DURATION).catch(() => {}), RENEW_SECONDS * 1000);
    lease.#timer.unref();
    return lease;
  }

  /** Releases the lease. One that cannot be released ends by itself. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#write(1, "").catch(() => {});
  }

  async #write(seconds: number, holder = this.#holder): Promise<void> {
    const path = `${LEASES}/${NAME}`;
    const now = new Date();
    const before = await this.#kubernetes.get<Lease>(path);
    const until = heldUntil(before?.spec, this.#holder, now);
    if (until) throw new LeaseHeld(`${before?.spec?.holderIdentity} heals this cluster, until ${until.toISOString()} at the latest`);
    const metadata = before?.metadata ?? { name: NAME, namespace: "kube-system" };
    const acquireTime = before?.spec?.holderIdentity === holder ? before.spec.acquireTime : undefined;
    const spec = { holderIdentity: holder, leaseDurationSeconds: seconds, acquireTime: acquireTime ?? micro(now), renewTime: micro(now) };
    const lease: Lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
    try {
      // With its resourceVersion, a lease that another process has taken meanwhile is refused.
      await (before ? this.#kubernetes.replace(path, lease) : this.#kubernetes.create(LEASES, lease));
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 409) throw new LeaseHeld("another process took the lease just now");
      throw error;
    }
  }
}

/** Returns the time until which another holder has the lease; `undefined` when it is free. */
function heldUntil(spec: Lease["spec"], holder: string, now: Date): Date | undefined {
  const { holderIdentity, renewTime, leaseDurationSeconds = DURATION } = spec ?? {};
  if (!holderIdentity || holderIdentity === holder || renewTime === undefined) return undefined;
  const until = new Date(Date.parse(renewTime) + leaseDurationSeconds * 1000);
  return until > now ? until : undefined;
}

/** Writes a time as Kubernetes' MicroTime. */
function micro(time: Date): string {
  return time.toISOString().replace(/Z$/, "000Z");
}
