import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** Credential of the stand-in. */
export const KEYS = { accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

export interface ObjectStore {
  /** URL of the service. */
  url: string;
  /** Contents by "/BUCKET/NAME". */
  objects: Map<string, Buffer>;
  /** Requests, in order: method and path. */
  requests: string[];
  /** Status with which each further request of a method is answered. @default it is served */
  refused: Map<string, number>;
}

/** Starts a stand-in of S3 on loopback. It checks each request's signature, and the SHA-256 of what is put. */
export async function s3Store(): Promise<ObjectStore> {
  const store: Omit<ObjectStore, "url"> = { objects: new Map(), requests: [], refused: new Map() };
  const url = await listen(async (request) => {
    const body = await bodyOf(request);
    const { pathname, searchParams } = new URL(request.url!, "http://store");
    store.requests.push(`${request.method} ${decodeURIComponent(pathname)}`);
    const status = store.refused.get(request.method!);
    if (status !== undefined) return [status, "<Error><Code>AccessDenied</Code></Error>"];
    const wrong = refusal(request, body);
    if (wrong) return [403, `<Error><Code>${wrong}</Code></Error>`];
    const name = decodeURIComponent(pathname);
    if (request.method === "PUT") {
      store.objects.set(name, body);
      return [200, ""];
    }
    if (searchParams.get("list-type") === "2") return [200, listing(store.objects, name, searchParams)];
    const found = store.objects.get(name);
    return found ? [200, found] : [404, "<Error><Code>NoSuchKey</Code></Error>"];
  });
  return { ...store, url };
}

/** Answers two objects at a time. */
function listing(objects: ReadonlyMap<string, Buffer>, bucket: string, query: URLSearchParams): string {
  const keys = [...objects.keys()].map((name) => name.slice(bucket.length + 1)).filter((key) => key.startsWith(query.get("prefix")!));
  const from = Number(query.get("continuation-token") ?? 0);
  const page = keys.sort().slice(from, from + 2);
  const more = from + 2 < keys.length ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : "";
  return `<ListBucketResult>${page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("")}${more}</ListBucketResult>`;
}

/** Returns why a request is refused, by Signature Version 4 as Amazon's documents describe it. */
function refusal({ method, url, headers }: IncomingMessage, body: Buffer): string | undefined {
  const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w+)$/.exec(
    headers.authorization ?? "",
  );
  if (!match) return "AccessDenied";
  const [, accessKey, date, region, signedHeaders, signature] = match as unknown as [string, string, string, string, string, string];
  if (accessKey !== KEYS.accessKey) return "InvalidAccessKeyId";
  const digest = headers["x-amz-content-sha256"] as string;
  if (digest !== hash(body)) return "XAmzContentSHA256Mismatch";
  const [path, query = ""] = url!.split("?") as [string, string?];
  const lines = signedHeaders.split(";").map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, path, query.split("&").sort().join("&"), lines.join(""), signedHeaders, digest].join("\n");
  const scope = `${date}/${region}/s3/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hash(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>((from, part) => hmac(from, part), `AWS4${KEYS.secretKey}`);
  return hmac(key, toSign).toString("hex") === signature ? undefined : "SignatureDoesNotMatch";
}

const hash = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Reads the body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

type Answer = [status: number, body: string | Buffer, headers?: Record<string, string>];

/** Serves requests on loopback until the test ends. Returns the URL. */
export async function listen(answer: (request: IncomingMessage) => Promise<Answer>): Promise<string> {
  const server = createServer(async (request, response) => {
    const [status, body, headers = {}] = await answer(request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
