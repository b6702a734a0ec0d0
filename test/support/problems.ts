import { Problems } from "../../lib/problems.ts";

/** Returns the problems that a check finds, one a line. */
export function problemsOf(check: (problems: Problems) => void): string[] {
  const problems = new Problems();
  check(problems);
  return problems.lines;
}
