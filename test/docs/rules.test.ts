import { expect, it } from "vitest";
import { readDeclarations } from "../../docs/generate/declarations.ts";
import { reachable } from "../../docs/generate/reference.ts";
import type { Surroundings } from "../../docs/generate/rules/rule.ts";
import { RULES } from "../../docs/generate/rules/rules.ts";
import { checkCluster } from "../../lib/cluster/rules.ts";
import { problemsOf } from "../support/problems.ts";

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

/** Copies a value, and puts another one at a path in it. */
function withValue(value: unknown, [first, ...rest]: Path, inner: unknown): unknown {
  if (first === undefined) return inner;
  const copy: Container =
    Array.isArray(value) || typeof first === "number" ? ([...((value as unknown[]) ?? [])] as never) : { ...(value as object) };
  copy[first] = withValue(copy[first], rest, inner);
  return copy;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((inner, key) => (inner as Container | undefined)?.[key], value);
}

const textOf = (path: Path) => path.map((key, place) => (typeof key === "number" ? `[${key}]` : place === 0 ? key : `.${key}`)).join("");
const check = (args: object) => problemsOf((problems) => checkCluster("demo", args, problems));

const types = Object.entries(RULES).map(([type, { within, at, value, rules }]) => {
  const cluster = (others: Surroundings = {}) => {
    const all = { ...within, ...others };
    return value ? withValue(all, at, { ...value, ...(valueAt(all, at) as object) }) : all;
  };
  return { type, at, rules, cluster };
});

const refusals = types.flatMap(({ type, at, rules, cluster }) =>
  Object.entries(rules).flatMap(([property, { refused }]) =>
    refused.map(([value, lines, others]) => ({
      name: `${type}.${property}`,
      path: [...at, property],
      cluster: cluster(others),
      value,
      lines,
    })),
  ),
);

it("each property has a rule, and each rule a value that breaks it", () => {
  const declarations = readDeclarations();
  const properties = reachable(["KubernetesClusterArgs"], declarations).flatMap((type) =>
    declarations.get(type)!.properties.map(({ name }) => `${type}.${name}`),
  );
  expect([...new Set(refusals.map(({ name }) => name))].sort()).toEqual(properties.sort());
});

it.each(types)("accepts what surrounds the values of $type", ({ cluster }) => {
  expect(check(cluster() as object)).toEqual([]);
});

it.each(refusals)("refuses $value as $name", ({ path, cluster, value, lines }) => {
  const expected = lines.map((line) => (/^[a-z]/i.test(line) ? line : textOf(path) + line));
  expect(check(withValue(cluster, path, value) as object)).toEqual(expected);
});
