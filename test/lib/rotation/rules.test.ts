import fc from "fast-check";
import { expect, it } from "vitest";
import { Problems } from "../../../lib/problems.ts";
import { phaseText } from "../../../lib/rotation/keyrings.ts";
import { checkSteps, isStep, nextStep } from "../../../lib/rotation/rules.ts";
import type { KeyringSettings, RotationSettings } from "../../../lib/rotation/settings.ts";

const phase = (use: number, ...trust: number[]): KeyringSettings => ({ use, trust });

function problems(done: RotationSettings, now: RotationSettings, begun = done): string[] {
  const found = new Problems();
  checkSteps({ done, begun }, now, found);
  return found.lines;
}

it("allows each step of a rotation, and each step back", () => {
  const steps = [phase(1, 1), phase(1, 1, 2), phase(2, 1, 2), phase(2, 2)];
  const allowed = steps.map((before) => steps.filter((now) => isStep(before, now)).map(phaseText));
  expect(allowed).toEqual([
    ["{ use: 1, trust: [1, 2] }"],
    ["{ use: 1, trust: [1] }", "{ use: 2, trust: [1, 2] }"],
    ["{ use: 1, trust: [1, 2] }", "{ use: 2, trust: [2] }"],
    // An older generation is gone from the state.
    [],
  ]);
});

it("refuses a jump in any key, all at once, and names the step to take", () => {
  const now = { encryptionKey: phase(2, 2), serviceAccountKey: phase(2, 1, 2), frontProxyCa: phase(1, 1, 2) };
  expect(problems({}, now)).toEqual([
    "encryptionKey: { use: 2, trust: [2] } is more than one step from { use: 1, trust: [1] }, which the machines have; go on with encryptionKey: { use: 1, trust: [1, 2] }",
    "serviceAccountKey: { use: 2, trust: [1, 2] } is more than one step from { use: 1, trust: [1] }, which the machines have; go on with serviceAccountKey: { use: 1, trust: [1, 2] }",
  ]);
});

it("refuses to forget a rotation: an older generation does not come back", () => {
  expect(problems({ encryptionKey: phase(2, 2) }, {})).toEqual([
    "encryptionKey: { use: 1, trust: [1] } is more than one step from { use: 2, trust: [2] }, which the machines have; put { use: 2, trust: [2] } back, or use a newer generation",
  ]);
});

it("after an interrupted step allows that step and the way back, and no other", () => {
  const [done, begun] = [{ encryptionKey: phase(1, 1, 2) }, { encryptionKey: phase(2, 1, 2) }];
  expect(problems(done, begun, begun)).toEqual([]);
  expect(problems(done, done, begun)).toEqual([]);
  // Some API servers may have encrypted with the second generation.
  expect(problems(done, {}, begun)).toEqual([
    "encryptionKey: { use: 1, trust: [1] } is asked for while the step from { use: 1, trust: [1, 2] } to { use: 2, trust: [1, 2] } is not done on all machines; give one of both, and run again",
  ]);
});

it("leads from any phase to a newer or a trusted generation by single steps", () => {
  const phases = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 }), fc.boolean()).map(([older, more, newer]) => {
    const trust = more === 0 ? [older] : [older, older + more];
    return { use: newer ? trust.at(-1)! : older, trust };
  });
  fc.assert(
    fc.property(phases, fc.integer({ min: 1, max: 20 }), (start, generation) => {
      fc.pre(start.trust.includes(generation) || generation > Math.max(...start.trust));
      let now = start;
      for (let steps = 0; steps < 5; steps++) {
        const next = nextStep(now, generation);
        if (phaseText(next) === phaseText(now)) break;
        expect(isStep(now, next)).toBe(true);
        now = next;
      }
      expect(now).toEqual({ use: generation, trust: [generation] });
    }),
  );
});
