import dns from "node:dns";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OpenStackError, sendWithRetries } from "../../../clients/openstack/requests.ts";
import { MOST_TRIES } from "../../../lib/retry.ts";

/** Answers of the next requests: a status with headers, or "cut". */
let answers: (readonly [number, Record<string, string>?] | "cut")[];
let asked: number;
let said: string[];

const server = createServer((_, response) => {
  asked += 1;
  const answer = answers.shift() ?? [200];
  if (answer === "cut") return void response.destroy();
  response.writeHead(...answer).end(answer[0] === 200 ? "done" : '{"error":{"message":"refused"}}');
});

beforeEach(async () => {
  [answers, asked, said] = [[], 0, []];
  vi.spyOn(Math, "random").mockReturnValue(0);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  vi.restoreAllMocks();
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/ports?id=1`;
const request = (to = url()) => sendWithRetries({ method: "GET", url: to }, { rejectUnauthorized: true }, (text) => void said.push(text));

/** Has the resolver answer by a code, as it does of names. */
function resolveAs(code: string): void {
  const lookup = (name: string, _: unknown, done: (error: Error) => void) =>
    done(Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code }));
  vi.spyOn(dns, "lookup").mockImplementation(lookup as typeof dns.lookup);
}

describe("a transient failure of a service", () => {
  it.each([408, 429, 500, 502, 503, 504])("is the status %i", async (status) => {
    answers = [[status]];
    expect((await request()).text).toBe("done");
    expect(said).toEqual([`GET ${url().split("?")[0]}: ${status} refused; try 2 of ${MOST_TRIES} after 0.0 s`]);
  });

  it("is a connection that was cut", async () => {
    answers = ["cut", "cut"];
    expect((await request()).text).toBe("done");
    expect(said[1]).toBe(`GET ${url().split("?")[0]}: socket hang up; try 3 of ${MOST_TRIES} after 0.0 s`);
  });

  it.each([400, 401, 403, 404, 409, 413, 501])("is not the status %i", async (status) => {
    answers = [[status]];
    await expect(request()).rejects.toMatchObject({ status });
    expect([asked, said]).toEqual([1, []]);
  });

  it("ends with the last refusal after all tries", async () => {
    answers = Array.from({ length: 20 }, () => [503] as const);
    await expect(request()).rejects.toThrow(OpenStackError);
    expect(asked).toBe(MOST_TRIES);
  });

  it.each([
    ["seconds", () => "1", 1],
    ["a date", () => new Date(Date.now() + 1_000).toUTCString(), 0],
    ["what is neither", () => "soon", 0],
  ])("is retried not before the service says so, by %s", async (_, value, seconds) => {
    answers = [[429, { "Retry-After": value() }]];
    const start = performance.now();
    await request();
    expect(performance.now() - start).toBeGreaterThanOrEqual(seconds * 1000 - 10);
    expect(said).toEqual([expect.stringMatching(new RegExp(`: 429 refused; try 2 of ${MOST_TRIES} after [${seconds}-1]\\.\\d s$`))]);
  });
});

describe("a host", () => {
  it("whose name is not resolved now is asked again", async () => {
    resolveAs("EAI_AGAIN");
    await expect(request("http://keystone.example.test/v3")).rejects.toThrow("getaddrinfo EAI_AGAIN keystone.example.test");
    expect(said).toHaveLength(MOST_TRIES - 1);
  });

  it("whose name does not exist at the first request is misspelt, and not asked again", async () => {
    resolveAs("ENOTFOUND");
    await expect(request("http://misspelt.example.test/v3")).rejects.toThrow("getaddrinfo ENOTFOUND misspelt.example.test");
    expect(said).toEqual([]);
  });
});

it("asks a host that has answered again when its name is gone for a while", async () => {
  await request();
  const named = url().replace("127.0.0.1", "localhost");
  await request(named);
  server.closeAllConnections();
  resolveAs("ENOTFOUND");
  await expect(request(named)).rejects.toThrow("getaddrinfo ENOTFOUND localhost");
  expect(said).toHaveLength(MOST_TRIES - 1);
});

it("names the reason at each of a host's addresses, and no secret of the query", async () => {
  const gone = url();
  server.close();
  server.closeAllConnections();
  await expect(request(gone)).rejects.toThrow(/^GET http:\/\/127\.0\.0\.1:\d+\/ports: connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
});
