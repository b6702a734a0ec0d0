import { isDeepStrictEqual } from "node:util";
import { isMap, isSecret, type PropertyValue } from "./property-values.ts";

export interface PropertyDiff {
  /** Path of the difference, such as `environment.HOME` or `triggers[0]`. */
  path: string;
  kind: "add" | "delete" | "update";
  replace: boolean;
}

/** Lists every difference between two values. Those at paths that `replaces` accepts require a replacement of the resource. */
export function propertyDiffs(olds: PropertyValue, news: PropertyValue, replaces: (path: string) => boolean): PropertyDiff[] {
  return differences(olds, news, "").map((difference) => ({ ...difference, replace: replaces(difference.path) }));
}

function differences(olds: PropertyValue, news: PropertyValue, path: string): Omit<PropertyDiff, "replace">[] {
  if (isDeepStrictEqual(olds, news)) return [];
  const pairs = memberPairs(olds, news, path);
  if (pairs === undefined) return [{ path, kind: "update" }];
  return pairs.flatMap(({ path, old, now }) => {
    if (old === undefined) return [{ path, kind: "add" as const }];
    if (now === undefined) return [{ path, kind: "delete" as const }];
    return differences(old, now, path);
  });
}

type Pair = { path: string; old: PropertyValue | undefined; now: PropertyValue | undefined };

/** Pairs the members of two values. A secret is compared as one value, so that the structure of its content is not shown. */
function memberPairs(olds: PropertyValue, news: PropertyValue, path: string): Pair[] | undefined {
  if (Array.isArray(olds) && Array.isArray(news)) {
    const length = Math.max(olds.length, news.length);
    return Array.from({ length }, (_, index) => ({ path: `${path}[${index}]`, old: olds[index], now: news[index] }));
  }
  if (!isMap(olds) || !isMap(news) || isSecret(olds) || isSecret(news)) return undefined;
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  return [...names].sort().map((name) => ({ path: memberPath(path, name), old: olds[name], now: news[name] }));
}

function memberPath(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}
