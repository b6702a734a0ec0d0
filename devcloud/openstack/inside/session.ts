import { components } from "../components/index.ts";

/** URL of Keystone inside the cloud's network. */
export const identityUrl = "http://127.0.0.1:5000/v3";

/** Access of one signed-in user to the APIs. */
export class Session {
  private readonly token: string;

  private constructor(token: string) {
    this.token = token;
  }

  /** Signs in with a user's password, for a project of the same domain. */
  static async signIn(user: string, password: string, project: string): Promise<Session> {
    const domain = { id: "default" };
    const identity = { methods: ["password"], password: { user: { name: user, password, domain } } };
    const body = JSON.stringify({ auth: { identity, scope: { project: { name: project, domain } } } });
    const response = await fetch(`${identityUrl}/auth/tokens`, { method: "POST", headers: { "content-type": "application/json" }, body });
    if (!response.ok) throw new Error(`Keystone refuses user ${user}: ${response.status} ${await response.text()}`);
    return new Session(response.headers.get("x-subject-token")!);
  }

  /** Calls an API, for example `request("compute", "GET", "/flavors")`, and returns the answer's JSON. */
  async request<Answer>(api: Api, method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.send(urlOf(api) + path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return (text.startsWith("{") ? JSON.parse(text) : undefined) as Answer;
  }

  /** Sends a request unchanged, with the token. */
  async send(url: string, request: RequestInit): Promise<Response> {
    const headers = { "x-auth-token": this.token, "openstack-api-version": "compute 2.93", ...request.headers };
    const response = await fetch(url, { ...request, headers });
    if (!response.ok) throw new Error(`${request.method} ${url}: ${response.status} ${await response.text()}`);
    return response;
  }
}

/** APIs that the set-up uses, by their type in the catalogue. */
export type Api = "identity" | "image" | "compute" | "network";

const prefixes: Partial<Record<Api, string>> = { image: "/v2", network: "/v2.0" };

/** Returns the URL to which an API's paths are appended. */
export function urlOf(api: Api): string {
  if (api === "identity") return identityUrl;
  const endpoint = components.find((component) => component.endpoint?.type === api)?.endpoint;
  if (endpoint === undefined) throw new Error(`no component serves the API "${api}"`);
  return endpoint.url + (prefixes[api] ?? "");
}
