import { describe, expect, it, vi } from "vitest";
import { MOST_TRIES, retry, retryDelay, transientFailure } from "../../lib/retry.ts";

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
  ])("is %s", (_, error, expected) => {
    expect(transientFailure(error)).toEqual(expected);
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

describe("a retried request", () => {
  it("is sent again when the cloud is busy", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const ask = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error(BUSY)).mockResolvedValue("flavor");
    expect(await retry(ask)).toBe("flavor");
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("fails at once after any other error, and after all tries when the failure stays", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const refused = vi.fn(() => Promise.reject(new Error("no such flavor")));
    const busy = vi.fn(() => Promise.reject(new Error(BUSY)));
    await expect(retry(refused)).rejects.toThrow("no such flavor");
    await expect(retry(busy)).rejects.toThrow(BUSY);
    expect([refused.mock.calls.length, busy.mock.calls.length]).toEqual([1, MOST_TRIES]);
  });
});
