import { expect, it } from "vitest";
import { checkCertificates, daysOf, minutesOf } from "../../../lib/pki/validity.ts";
import { Problems } from "../../../lib/problems.ts";

it("reads hours and minutes as kubeadm writes them", () => {
  expect(["8760h", "10m", "1h30m", "90m"].map(minutesOf)).toEqual([525600, 10, 90, 90]);
  expect(["", "1y", "10", "1.5h", "-1h", "30m1h", "1h "].map(minutesOf)).toEqual(Array(7).fill(Number.NaN));
  expect(daysOf("87600h")).toBe(3650);
});

it("allows what agrees, and names each problem", () => {
  const lines = (validity?: string, caValidity?: string) => {
    const problems = new Problems();
    checkCertificates({ ...(validity ? { validity } : {}), ...(caValidity ? { caValidity } : {}) }, problems);
    return problems.lines;
  };
  expect([lines(), lines("10m"), lines("8760h", "8760h"), lines("10m", "24h")]).toEqual([[], [], [], []]);
  expect(lines("2y", "10y")).toEqual([
    'validity: "2y" is not a validity; use hours and minutes as kubeadm writes them, from "10m" to "8760h", like "2160h"',
    'caValidity: "10y" is not a validity; use hours and minutes as kubeadm writes them, from "24h" to "438000h", like "2160h"',
  ]);
  expect(lines("720h", "48h")).toEqual([
    'caValidity: "48h" is shorter than the validity of certificates, "720h", and none outlives its CA; use a longer one, or a shorter certificates.validity',
  ]);
});
