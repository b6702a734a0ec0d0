import { beforeEach, describe, expect, it, vi } from "vitest";
import { MOST_TRIES, mostTries, retry, retryDelay, transientFailure } from "../../lib/retry.ts";

/** Errors in the plugin's words. */
const one = (text: string) => `1 error occurred:\n\t* ${text}\n\n`;
const partial = (text: string) => one(`creating urn:pulumi:dev::shop::openstack:compute/instance:Instance::w: ${one(text)}`);
const BUSY = "The service is currently unable to handle the request due to a temporary overloading or maintenance.";
const CUT = 'Post "https://cloud:8774/v2.1/servers": OpenStack connection error, retries exhausted. Aborting. Last error was: EOF';

describe("a transient failure", () => {
  it.each([
    [
      "429",
      one("Error creating OpenStack server: Too many requests have been sent in a given amount of time."),
      { reason: "429 Too Many Requests", exists: false, mayExist: false },
    ],
    [
      "500",
      one("Error creating openstack_networking_network_v2: Internal Server Error"),
      { reason: "500 Internal Server Error", exists: false, mayExist: true },
    ],
    ["502 after the creation", partial("Bad Gateway"), { reason: "502 Bad Gateway", exists: true, mayExist: false }],
    ["503", one(`Error creating OpenStack server: ${BUSY}`), { reason: "503 Service Unavailable", exists: false, mayExist: true }],
    [
      "504",
      one("Expected HTTP response code [204] when accessing [DELETE x], but got 504 instead"),
      { reason: "504 Gateway Timeout", exists: false, mayExist: true },
    ],
    [
      "a connection that was cut",
      one(`Error creating OpenStack server: ${CUT}`),
      { reason: "connection cut", exists: false, mayExist: true },
    ],
    [
      "a connection that was refused",
      one("dial tcp 10.0.0.1:9696: connect: connection refused"),
      { reason: "connection refused", exists: false, mayExist: false },
    ],
    ["408", one("The server timed out waiting for the request"), { reason: "408 Request Timeout", exists: false, mayExist: true }],
  ])("is %s", (_, error, expected) => {
    expect(transientFailure(error)).toEqual(expected);
  });

  it.each([
    ["dial tcp: lookup cloud.test on 10.0.0.2:53: no such host", "host name not found"],
    ["dial tcp: lookup cloud.test on 10.0.0.2:53: server misbehaving", "host name not resolved"],
    ["dial tcp: lookup cloud.test: Temporary failure in name resolution", "host name not resolved"],
    ["dial tcp: lookup cloud.test on 10.0.0.2:53: read udp 10.0.0.9:4711->10.0.0.2:53: i/o timeout", "host name not resolved"],
    ["dial tcp 10.0.0.1:8774: connect: network is unreachable", "no route"],
    ["dial tcp 10.0.0.1:8774: connect: no route to host", "no route"],
    ["dial tcp 10.0.0.1:8774: connect: host is down", "no route"],
    ["dial tcp 10.0.0.1:8774: connect: connection timed out", "no answer"],
    ["dial tcp 10.0.0.1:8774: i/o timeout", "no answer"],
    ["net/http: TLS handshake timeout", "no answer"],
    ["proxyconnect tcp: dial tcp 10.0.0.3:3128: connect: connection refused", "connection refused"],
    ["proxyconnect tcp: EOF", "connection cut"],
  ])("before the request was sent leaves nothing behind: %s", (text, reason) => {
    const error = one(`Error creating OpenStack server: Post "https://cloud.test:8774/v2.1/servers": ${text}`);
    expect(transientFailure(error)).toEqual({ reason, exists: false, mayExist: false });
  });

  it.each([
    ["read tcp 10.0.0.9:4711->10.0.0.1:8774: read: connection timed out", "no answer"],
    ["read tcp 10.0.0.9:4711->10.0.0.1:8774: read: connection reset by peer", "connection cut"],
    ["read tcp 10.0.0.9:4711->10.0.0.1:8774: read: no route to host", "no route"],
    ["write tcp 10.0.0.9:4711->10.0.0.1:8774: write: broken pipe", "connection cut"],
    ["unexpected EOF", "connection cut"],
    ["context deadline exceeded (Client.Timeout exceeded while awaiting headers)", "no answer"],
    ["context deadline exceeded", "no answer"],
    ["http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR", "connection cut"],
    ["http2: client connection lost", "connection cut"],
    ["stream error: stream ID 3; INTERNAL_ERROR; received from peer", "connection cut"],
    ["net/http: HTTP/1.x transport connection broken: malformed HTTP response", "connection cut"],
  ])("after the request was sent may leave something behind: %s", (text, reason) => {
    const error = one(`Error creating OpenStack server: Post "https://cloud.test:8774/v2.1/servers": ${text}`);
    expect(transientFailure(error)).toEqual({ reason, exists: false, mayExist: true });
  });

  it.each([
    ["a server in ERROR", partial("Error waiting for instance (1) to become ready: unexpected state 'ERROR', wanted target 'ACTIVE'.")],
    [
      "a quota",
      one(
        "Error creating OpenStack server: Request forbidden: Quota exceeded for instances: Requested 1, but already used 10 of 10 instances",
      ),
    ],
    ["a conflict", one("Expected HTTP response code [201] when accessing [POST x], but got 409 instead: Port 500 is in use")],
    ["a resource's own deadline", partial("Error waiting for instance (1) to become ready: context deadline exceeded")],
    ["a wait that was too long", partial("timeout while waiting for state to become 'ACTIVE' (last state: 'BUILD', timeout: 30m0s)")],
    ["a certificate", one('Get "https://cloud.test/": tls: failed to verify certificate: x509: certificate signed by unknown authority')],
    ["a proxy's password", one('Get "https://cloud.test/": Proxy Authentication Required')],
    ["nothing", ""],
  ])("is not %s", (_, error) => {
    expect(transientFailure(error)).toBeUndefined();
  });
});

it("waits longer before each try, up to half a minute, by a random time", () => {
  const limits = Array.from({ length: MOST_TRIES - 1 }, (_, index) => retryDelay(index + 1, () => 1));
  expect(limits).toEqual([2, 4, 8, 16, 30, 30, 30]);
  expect(retryDelay(3, () => 0.25)).toBe(2);
});

it("has few tries for a host name that does not exist, unless the cloud has answered before", () => {
  const unknown = transientFailure("dial tcp: lookup cloud.test: no such host")!;
  expect([mostTries(unknown, false), mostTries(unknown, true)]).toEqual([3, MOST_TRIES]);
  expect(mostTries({ reason: "no route" }, false)).toBe(MOST_TRIES);
});

describe("a retried request", () => {
  let said: string[];
  const options = { onRetry: (message: string) => void said.push(message), hasAnswered: () => false };

  beforeEach(() => {
    said = [];
  });

  it("is sent again when the cloud is busy", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const ask = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error(BUSY)).mockResolvedValue("flavor");
    expect(await retry(ask, options)).toBe("flavor");
    expect(ask).toHaveBeenCalledTimes(2);
    expect(said).toEqual([`503 Service Unavailable; try 2 of ${MOST_TRIES} after 0.0 s`]);
  });

  it("fails at once after any other error, and after all tries when the failure stays", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const refused = vi.fn(() => Promise.reject(new Error("no such flavor")));
    const busy = vi.fn(() => Promise.reject(new Error(BUSY)));
    await expect(retry(refused, options)).rejects.toThrow("no such flavor");
    await expect(retry(busy, options)).rejects.toThrow(BUSY);
    expect([refused.mock.calls.length, busy.mock.calls.length]).toEqual([1, MOST_TRIES]);
  });
});
