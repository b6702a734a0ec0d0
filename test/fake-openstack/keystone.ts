import { randomUUID } from "node:crypto";
import { type Answer, type ApiRequest, Refusal, type Route, type ServiceName } from "./api.ts";
import type { Clock } from "./clock.ts";

/** Path of each service below the fake's address, as in devcloud's catalogue. Cinder's contains the project. */
const CATALOG: Record<ServiceName, string> = {
  identity: "/identity/v3",
  compute: "/compute/v2.1",
  network: "/network",
  image: "/image",
  "load-balancer": "/load-balancer",
  volumev3: "/volume/v3/{project}",
};

export interface Credentials {
  username: string;
  password: string;
  project: string;
}

interface TokenRequest {
  identity?: { methods?: string[]; password?: { user?: { name?: string; password?: string } } };
  scope?: { project?: { id?: string; name?: string } };
}

/** Keystone: returns tokens with a catalogue for passwords. */
export class Keystone {
  readonly projectId = randomUUID().replaceAll("-", "");
  /** Id of the user who signs in. A test that changes it goes on as another user of the project. */
  userId = randomUUID().replaceAll("-", "");
  readonly credentials: Credentials = { username: "demo", password: randomUUID(), project: "demo" };
  readonly #tokens = new Map<string, number>();
  readonly #clock: Clock;
  readonly #seconds: number;
  readonly #address: () => string;

  constructor(clock: Clock, seconds: number, address: () => string) {
    this.#clock = clock;
    this.#seconds = seconds;
    this.#address = address;
  }

  /** Number of tokens that are valid and not revoked. */
  get tokens(): number {
    return [...this.#tokens.values()].filter((expires) => expires > this.#clock.now()).length;
  }

  get routes(): Route[] {
    const route = (method: string, handle: Route["handle"]) =>
      ({ service: "identity", method, pattern: "/identity/v3/auth/tokens", handle }) as const;
    return [
      route("POST", (request) => this.#signIn(request)),
      route("DELETE", ({ headers }) => {
        this.#tokens.delete(String(headers["x-subject-token"]));
        return { status: 204 };
      }),
    ];
  }

  /** Refuses a request without a valid token. */
  check({ headers }: ApiRequest, service: ServiceName): void {
    const expires = this.#tokens.get(String(headers["x-auth-token"]));
    if (expires === undefined || expires <= this.#clock.now())
      throw new Refusal(service, 401, "The request you have made requires authentication.", "Unauthorized");
  }

  /** Revokes all tokens, like a restart of Keystone with new keys. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  #signIn({ body }: ApiRequest): Answer {
    const { identity, scope } = (body as { auth?: TokenRequest } | undefined)?.auth ?? {};
    const user = identity?.password?.user;
    const { username, password, project } = this.credentials;
    const isKnown = user?.name === username && user.password === password;
    if (!isKnown || !(scope?.project?.id === this.projectId || scope?.project?.name === project))
      throw new Refusal("identity", 401, "The request you have made requires authentication.", "Unauthorized");

    const token = randomUUID();
    const expires = this.#clock.now() + this.#seconds * 1000;
    this.#tokens.set(token, expires);
    return { status: 201, headers: { "X-Subject-Token": token }, body: { token: this.#token(expires) } };
  }

  #token(expires: number): object {
    const domain = { id: "default", name: "Default" };
    return {
      methods: ["password"],
      user: { id: this.userId, name: this.credentials.username, domain, password_expires_at: null },
      project: { id: this.projectId, name: this.credentials.project, domain },
      is_domain: false,
      roles: [{ id: "member", name: "member" }],
      audit_ids: [randomUUID()],
      issued_at: new Date(this.#clock.now()).toISOString(),
      expires_at: new Date(expires).toISOString(),
      catalog: Object.entries(CATALOG).map(([type, path]) => this.#service(type, path)),
    };
  }

  #service(type: string, path: string): object {
    const url = this.#address() + path.replace("{project}", this.projectId);
    const endpoints = ["public", "internal", "admin"].map((kind) => ({
      id: `${type}-${kind}`,
      interface: kind,
      region: "RegionOne",
      region_id: "RegionOne",
      url,
    }));
    return { id: type, type, name: type, endpoints };
  }
}
