import { createHash, createHmac } from "node:crypto";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { S3_REGION, type S3Account } from "./access.ts";

/** Address of a store, and the certificate of its CA. */
export interface S3Store {
  url: string;
  ca: string;
}

export interface S3Answer {
  status: number;
  text: string;
}

const deadline = 30_000;

/** Sends a request to a store, signed by an account (AWS Signature Version 4). `path` may have a query. */
export async function s3Request(store: S3Store, account: S3Account, method: string, path: string, body = ""): Promise<S3Answer> {
  const url = new URL(path, store.url);
  const headers = signedHeaders(url, account, method, body, new Date());
  const { promise, resolve, reject } = Promise.withResolvers<S3Answer>();
  const sent = request(url, { method, headers, ca: store.ca, signal: AbortSignal.timeout(deadline) }, (response) => {
    text(response).then((answer) => resolve({ status: response.statusCode!, text: answer }), reject);
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}

function signedHeaders(url: URL, { accessKey, secretKey }: S3Account, method: string, body: string, now: Date): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const headers = { host: url.host, "x-amz-content-sha256": sha256(body), "x-amz-date": time };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join("=")).sort();
  const canonical = [method, url.pathname, query.join("&"), lines.join(""), names, headers["x-amz-content-sha256"]].join("\n");
  const scope = [time.slice(0, 8), S3_REGION, "s3", "aws4_request"];
  const key = scope.reduce<string | Buffer>((secret, word) => createHmac("sha256", secret).update(word).digest(), `AWS4${secretKey}`);
  const toSign = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonical)].join("\n");
  const signature = createHmac("sha256", key).update(toSign).digest("hex");
  const credential = `${accessKey}/${scope.join("/")}`;
  return { ...headers, authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}` };
}

function sha256(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
