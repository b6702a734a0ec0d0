import type { Problems } from "./problems.ts";

/** Longest DNS label (RFC 1123), and so the longest name of a Node that is also a host name. */
export const LONGEST_LABEL = 63;

/** Length of the suffix of names that Pulumi generates: a hyphen and seven hexadecimal digits. */
export const GENERATED_SUFFIX = 8;

/** Checks that a name is a DNS label, and still is one when `suffix` characters are added to it. */
export function checkName(property: string, name: string, problems: Problems, suffix = 0): void {
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    problems.add(
      property,
      `"${name}" is not an RFC 1123 label; use lower-case letters, digits and hyphens, beginning and ending with a letter or digit`,
    );
  }
  if (name.length + suffix > LONGEST_LABEL) {
    problems.add(
      property,
      `"${name}" has ${name.length} characters; at most ${LONGEST_LABEL - suffix} leave room for what is added to it, so shorten it`,
    );
  }
}
