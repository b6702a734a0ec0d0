/** Numbers of a version, like 1, 36 and 3 of "v1.36.3". What follows a hyphen is not one of them. */
function numbersOf(version: string): number[] {
  return version.replace(/^v/, "").split("-")[0]!.split(".").map(Number);
}

/** Compares versions: negative when the first is older, positive when it is newer, 0 when both are the same. */
export function compareVersions(one: string, other: string): number {
  const [first, second] = [numbersOf(one), numbersOf(other)];
  const place = first.findIndex((number, index) => number !== second[index]);
  return place < 0 ? 0 : first[place]! - (second[place] ?? 0);
}

/** Most minor versions by which a kubelet may be older than an API server (https://kubernetes.io/releases/version-skew-policy/). */
export const KUBELET_SKEW = 3;

/** Returns the number of a minor version: 36 of "1.36.3". */
export function minorNumber(version: string): number {
  return numbersOf(version)[1] ?? 0;
}
