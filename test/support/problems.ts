import { Problems } from "../../lib/problems.ts";

/** What a check notes, one line a problem. */
export function problemsOf(check: (problems: Problems) => void): string[] {
  const problems = new Problems();
  check(problems);
  return problems.lines;
}
