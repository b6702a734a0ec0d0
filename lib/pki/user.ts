import type { Problems } from "../problems.ts";

/** User of the Kubernetes API, for a certificate that ends soon. */
export interface UserCertificate {
  /** Name of the user, for RBAC and the audit log. */
  user: string;
  /** Groups of the user, for RBAC. @default none */
  groups?: readonly string[];
  /** Hours until the certificate ends, more than 0 and at most 720: nobody can revoke it before. @default 8 */
  hours?: number;
}

/** Hours of a user's certificate by default: a working day. */
export const DEFAULT_HOURS = 8;

/** Most hours of a user's certificate: 30 days. */
const MOST_HOURS = 720;

/** Least hours: ten minutes, as for Kubernetes' own certificate requests. */
const LEAST_HOURS = 1 / 6;

/** Longest name in a certificate (RFC 5280, ub-common-name and ub-organization-name). */
const LONGEST = 64;

/** Prefix of the names that belong to Kubernetes' own components. RBAC cannot limit the group system:masters. */
const RESERVED = "system:";

/** Checks a user and the hours of the certificate. */
export function checkUser({ user, groups = [], hours = DEFAULT_HOURS }: UserCertificate, problems: Problems): void {
  checkSubject("user", user, problems);
  groups.forEach((group, place) => {
    checkSubject(`groups[${place}]`, group, problems);
  });
  if (!(hours >= LEAST_HOURS && hours <= MOST_HOURS))
    problems.add(
      "hours",
      `${hours} is not allowed, because nobody can revoke a certificate; use up to ${MOST_HOURS}, at least ten minutes (0.17)`,
    );
}

function checkSubject(property: string, name: string, problems: Problems): void {
  if (typeof name !== "string" || name === "") problems.add(property, "is missing; give a name");
  else if (name.startsWith(RESERVED))
    problems.add(property, `"${name}" begins with "${RESERVED}", which is for Kubernetes itself; choose another name`);
  else if (name.length > LONGEST) problems.add(property, `"${name}" has ${name.length} characters; a certificate takes at most ${LONGEST}`);
  else if (/[^\x20-\x7e]/.test(name))
    problems.add(property, `${JSON.stringify(name)} has characters other than printable ASCII; use those only`);
}
