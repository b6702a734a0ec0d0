import type { Problems } from "./problems.ts";

/** Longest DNS label (RFC 1123), and so the longest Kubernetes node name that is also a host name. */
export const LONGEST_LABEL = 63;

/** Characters that Pulumi adds to the name of a machine that it names itself: a hyphen and seven hexadecimal digits. */
export const GENERATED_SUFFIX = 8;

/** Notes when a name cannot be a DNS label, or would not be one any more once `suffix` characters are added to it. */
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
