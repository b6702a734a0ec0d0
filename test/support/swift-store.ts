import { createHash } from "node:crypto";
import { bodyOf, listen, type ObjectStore } from "./s3-store.ts";

/** Application credential of the stand-in. */
export const CREDENTIAL = { applicationCredentialId: "app-1", applicationCredentialSecret: "app-secret" };

/** Stand-in of Keystone and Swift, with the seconds after which each object is removed. */
export interface SwiftStore extends ObjectStore {
  lifetimes: Map<string, string>;
}

/** Starts a stand-in of Keystone and Swift on loopback. It checks the credential, the token, and the MD5 of what is put. */
export async function swiftStore(): Promise<SwiftStore> {
  const store = { objects: new Map(), requests: [] as string[], refused: new Map(), lifetimes: new Map() };
  let url = "";
  url = await listen(async (request) => {
    const body = await bodyOf(request);
    const { pathname, searchParams } = new URL(request.url!, "http://store");
    const name = decodeURIComponent(pathname);
    store.requests.push(`${request.method} ${name}`);
    const status = store.refused.get(request.method!);
    if (status !== undefined) return [status, ""];
    if (name === "/v3/auth/tokens") return signIn(body, url);
    if (request.headers["x-auth-token"] !== "token-1" || !name.startsWith("/swift/v1/")) return [401, ""];
    const object = name.slice("/swift/v1".length);
    if (request.method === "PUT") {
      if (request.headers.etag !== createHash("md5").update(body).digest("hex")) return [422, ""];
      store.objects.set(object, body);
      store.lifetimes.set(object, request.headers["x-delete-after"] as string);
      return [201, ""];
    }
    if (searchParams.has("format")) return [200, listing(store.objects, object, searchParams)];
    const found = store.objects.get(object);
    return found ? [200, found] : [404, ""];
  });
  return { ...store, url };
}

function signIn(body: Buffer, url: string): [number, string, Record<string, string>] {
  const { identity } = JSON.parse(body.toString()).auth;
  const { id, secret } = identity.application_credential;
  if (id !== CREDENTIAL.applicationCredentialId || secret !== CREDENTIAL.applicationCredentialSecret) return [401, "", {}];
  const endpoint = (region: string, where: string) => ({ interface: "public", region, region_id: region, url: where });
  const endpoints = [endpoint("north", "http://127.0.0.1:1/elsewhere"), endpoint("south", `${url}/swift/v1`)];
  return [201, JSON.stringify({ token: { catalog: [{ type: "object-store", endpoints }] } }), { "x-subject-token": "token-1" }];
}

function listing(objects: ReadonlyMap<string, Buffer>, container: string, query: URLSearchParams): string {
  const names = [...objects.keys()].map((name) => name.slice(container.length + 1)).filter((name) => name.startsWith(query.get("prefix")!));
  const marker = query.get("marker") ?? "";
  const page = names.sort().filter((name) => name > marker);
  return JSON.stringify(page.slice(0, 2).map((name) => ({ name })));
}
