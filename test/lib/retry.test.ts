import { describe, expect, it, vi } from "vitest";
import { MOST_TRIES, passingFailure, pauseAfter, persistently } from "../../lib/retry.ts";

/** Errors as the plugin words them. */
const one = (text: string) => `1 error occurred:\n\t* ${text}\n\n`;
const partial = (text: string) => one(`creating urn:pulumi:dev::shop::openstack:compute/instance:Instance::w: ${one(text)}`);
const BUSY = "The service is currently unable to handle the request due to a temporary overloading or maintenance.";
const CUT = 'Post "https://cloud:8774/v2.1/servers": OpenStack connection error, retries exhausted. Aborting. Last error was: EOF';

describe("what may pass", () => {
  it.each([
    [
      "429",
      one("Error creating OpenStack server: Too many requests have been sent in a given amount of time."),
      { said: "429 Too Many Requests", isMade: false, mayBeMade: false },
    ],
    [
      "500",
      one("Error creating openstack_networking_network_v2: Internal Server Error"),
      { said: "500 Internal Server Error", isMade: false, mayBeMade: true },
    ],
    ["502 after the creation", partial("Bad Gateway"), { said: "502 Bad Gateway", isMade: true, mayBeMade: false }],
    ["503", one(`Error creating OpenStack server: ${BUSY}`), { said: "503 Service Unavailable", isMade: false, mayBeMade: true }],
    [
      "504",
      one("Expected HTTP response code [204] when accessing [DELETE x], but got 504 instead"),
      { said: "504 Gateway Timeout", isMade: false, mayBeMade: true },
    ],
    [
      "a connection that was cut",
      one(`Error creating OpenStack server: ${CUT}`),
      { said: "connection cut", isMade: false, mayBeMade: true },
    ],
    [
      "a connection that was refused",
      one("dial tcp 10.0.0.1:9696: connect: connection refused"),
      { said: "connection refused", isMade: false, mayBeMade: false },
    ],
  ])("is %s", (_, error, expected) => {
    expect(passingFailure(error)).toEqual(expected);
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
    expect(passingFailure(error)).toBeUndefined();
  });
});

it("waits longer from try to try, up to half a minute, and differently each time", () => {
  const limits = Array.from({ length: MOST_TRIES - 1 }, (_, index) => pauseAfter(index + 1, () => 1));
  expect(limits).toEqual([2, 4, 8, 16, 30, 30, 30]);
  expect(pauseAfter(3, () => 0.25)).toBe(2);
});

describe("asking persistently", () => {
  it("asks again when the cloud is busy", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const ask = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error(BUSY)).mockResolvedValue("flavor");
    expect(await persistently(ask)).toBe("flavor");
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("ends at once with what stays, and after all tries with what may pass", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const refused = vi.fn(() => Promise.reject(new Error("no such flavor")));
    const busy = vi.fn(() => Promise.reject(new Error(BUSY)));
    await expect(persistently(refused)).rejects.toThrow("no such flavor");
    await expect(persistently(busy)).rejects.toThrow(BUSY);
    expect([refused.mock.calls.length, busy.mock.calls.length]).toEqual([1, MOST_TRIES]);
  });
});
