import { expect, it } from "vitest";
import { certificateFindings } from "../../../lib/health/certificates.ts";
import { certificate, healthy, NOW } from "../../support/cluster-objects.ts";

const DAY = 24 * 60 * 60 * 1000;
const inDays = (days: number) => new Date(Date.parse(NOW) + days * DAY).toISOString();
const leaf = (left: number, life: number) => certificate(inDays(left), { notBefore: inDays(left - life) });
const ca = (left: number, life: number) => ({ ...leaf(left, life), kind: "CA" as const });
const judge = (...certificates: ReturnType<typeof certificate>[]) => certificateFindings(healthy({ certificates }));

it("finds nothing wrong with certificates that have long to go", () => {
  expect(judge(leaf(31, 365), ca(181, 3650), leaf(2.1, 10))).toEqual([]);
});

it("names certificates that end soon, and those that have ended", () => {
  const common = { object: { kind: "certificate", name: "c" }, fix: "renew it" };
  expect(judge(leaf(29.5, 365), leaf(6.5, 365), leaf(0.5, 365), leaf(-1, 365))).toEqual([
    { ...common, id: "certificate-expiring", severity: "warning", reason: `it ends at ${inDays(29.5)}, in 29 days` },
    { ...common, id: "certificate-expiring", severity: "critical", reason: `it ends at ${inDays(6.5)}, in 6 days` },
    { ...common, id: "certificate-expiring", severity: "critical", reason: `it ends at ${inDays(0.5)}, within a day` },
    { ...common, id: "certificate-expired", severity: "critical", reason: "it has ended", since: inDays(-1) },
  ]);
});

it("warns of CAs earlier, and of certificates with a short life later", () => {
  expect(judge(ca(179, 3650), ca(29, 3650), leaf(1.9, 10), leaf(0.4, 10)).map(({ object, severity }) => [object.kind, severity])).toEqual([
    ["CA", "warning"],
    ["CA", "critical"],
    ["certificate", "warning"],
    ["certificate", "critical"],
  ]);
});

it("names the resource that keeps a certificate", () => {
  const [finding] = judge({ ...leaf(3, 365), urn: "urn::administrator" });
  expect(finding!.object).toEqual({ kind: "certificate", name: "c", urn: "urn::administrator" });
});
