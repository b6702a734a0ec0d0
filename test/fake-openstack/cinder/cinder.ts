import { type ApiRequest, given, type Route } from "../api.ts";
import type { Clock } from "../clock.ts";
import type { CloudSettings } from "../settings.ts";
import { type Volume, type VolumeRequest, Volumes } from "./volumes.ts";

/** First minor version of Cinder's API 3 in which attached volumes can grow. */
const ONLINE_EXTENSION = 42;

/** Cinder: volumes and limits. */
export class Cinder {
  readonly volumes: Volumes;
  readonly #settings: CloudSettings;

  constructor(clock: Clock, settings: CloudSettings) {
    this.#settings = settings;
    this.volumes = new Volumes(clock, settings);
  }

  get routes(): Route[] {
    const { volumes } = this;
    const route = (method: string, rest: string, handle: Route["handle"]): Route => {
      return { service: "volumev3", method, pattern: `/volume/v3/{project}${rest}`, handle };
    };
    const of = ({ params: { id = "" } }: ApiRequest) => volumes.find(id);
    return [
      route("GET", "/volumes", ({ query }) => ({
        status: 200,
        body: { volumes: volumes.store.matching(query).map(({ id, name }) => ({ id, name, links: [] })) },
      })),
      route("GET", "/volumes/detail", ({ query }) => ({ status: 200, body: { volumes: volumes.store.matching(query).map(shown) } })),
      route("POST", "/volumes", (request) => {
        const made = volumes.make(given<VolumeRequest>("volumev3", request, "volume"));
        return { status: 202, body: { volume: shown(made) } };
      }),
      route("GET", "/volumes/{id}", (request) => ({ status: 200, body: { volume: shown(of(request)) } })),
      route("PUT", "/volumes/{id}", (request) => {
        const changed = Object.assign(of(request), given<VolumeRequest>("volumev3", request, "volume"));
        return { status: 200, body: { volume: shown(changed) } };
      }),
      route("POST", "/volumes/{id}/action", (request) => {
        const { new_size = 0 } = given<{ new_size: number }>("volumev3", request, "os-extend");
        volumes.extend(of(request), new_size, minorVersion(request) >= ONLINE_EXTENSION);
        return { status: 202 };
      }),
      route("DELETE", "/volumes/{id}", (request) => {
        volumes.remove(of(request));
        return { status: 202 };
      }),
      route("GET", "/os-availability-zone", () => ({
        status: 200,
        body: { availabilityZoneInfo: [{ zoneName: "nova", zoneState: { available: true } }] },
      })),
      route("GET", "/limits", () => ({ status: 200, body: { limits: { rate: [], absolute: this.#limits() } } })),
    ];
  }

  #limits(): Record<string, number> {
    const { quota } = this.#settings;
    const { volumes, gigabytes } = this.volumes.used;
    return {
      maxTotalVolumes: quota.volumes,
      totalVolumesUsed: volumes,
      maxTotalVolumeGigabytes: quota.gigabytes,
      totalGigabytesUsed: gigabytes,
    };
  }
}

function shown(volume: Volume): object {
  return {
    snapshot_id: null,
    source_volid: null,
    encrypted: false,
    multiattach: false,
    replication_status: null,
    consistencygroup_id: null,
    links: [],
    ...volume,
  };
}

/** Returns the minor version of Cinder's API 3 that a request names. Some clients name the service by its type, "volumev3". */
function minorVersion({ headers }: ApiRequest): number {
  const [, minor = "0"] = /volume\S* 3\.(\d+)/.exec(String(headers["openstack-api-version"] ?? "")) ?? [];
  return Number(minor);
}
