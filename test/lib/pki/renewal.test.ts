import { beforeAll, expect, it } from "vitest";
import { createCa } from "../../../lib/pki/certificates.ts";
import { nearEnds, renewalsUntil } from "../../../lib/pki/renewal.ts";

const DAY = 24 * 60 * 60 * 1000;
let ca: string;
let longLived: string;
beforeAll(async () => {
  ca = (await createCa("kubernetes")).certificate;
  longLived = (await createCa("kubernetes", 20 * 365)).certificate;
});

const inDays = (days: number) => new Date(Date.now() + days * DAY);
const counts = (certificate: string, validity: number, days: number[]) =>
  days.map((day) => renewalsUntil(inDays(day), certificate, validity));

it("signs a certificate of a year anew after 8 months, and again every 8 months, until certificates end with their CA", () => {
  expect(counts(ca, 365, [0, 243, 244, 486, 487])).toEqual([0, 0, 1, 1, 2]);
  expect(counts(ca, 365, [3285, 3649, 4000])).toEqual([13, 14, 14]);
});

it("always leaves a third of the validity between the date and the end of what was signed before", () => {
  for (let signed = 0; signed < 1000; signed += 7) {
    const next = Array.from({ length: 366 }, (_, day) => signed + day).find(
      (day) => renewalsUntil(inDays(day), ca, 365) > renewalsUntil(inDays(signed), ca, 365),
    );
    expect(signed + 365 - next!).toBeGreaterThanOrEqual(121);
  }
});

it("never renews what ends with its CA anyway, and what is shorter than its CA only as long as that helps", () => {
  expect(counts(ca, 3650, [0, 3000, 3649])).toEqual([0, 0, 0]);
  expect(counts(longLived, 3650, [2000, 2434, 4867, 7299])).toEqual([0, 1, 2, 2]);
});

it("does not count before the CA was made, by a clock that is behind", () => {
  expect(counts(ca, 365, [-400])).toEqual([0]);
});

it("names the CAs that end within 60 days", () => {
  const cas = { cluster: { certificate: ca }, etcd: { certificate: longLived }, ciliumEtcd: undefined };
  expect(nearEnds(cas, inDays(3588))).toEqual([]);
  expect(nearEnds(cas, inDays(3592))).toEqual([expect.stringMatching(/^cluster on \d{4}-\d\d-\d\d$/)]);
});
