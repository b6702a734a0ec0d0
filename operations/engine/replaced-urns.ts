/** Variable with the URNs of what a run replaces by name: the engine does not tell its program. */
const VARIABLE = "CARAVAN_REPLACED";

/** Replacements of the runs that this process has under way. */
const underWay = new Set<readonly string[]>();

/** Returns the variable for a process that runs the engine. */
export function replacedVariable(urns: readonly string[]): Record<string, string> {
  return urns.length === 0 ? {} : { [VARIABLE]: JSON.stringify(urns) };
}

/** Sets the variable in this process as long as a run lasts: for an inline program, and for processes that the Automation API starts. */
export async function whileReplacing<T>(urns: readonly string[], run: () => Promise<T>): Promise<T> {
  const own = [...urns];
  underWay.add(own);
  setVariable();
  try {
    return await run();
  } finally {
    underWay.delete(own);
    setVariable();
  }
}

/** Returns the URNs of the resources that this run replaces by name, as far as this library has begun it. */
export function replacedByName(): ReadonlySet<string> {
  const text = process.env[VARIABLE];
  return new Set(text ? (JSON.parse(text) as string[]) : []);
}

function setVariable(): void {
  delete process.env[VARIABLE];
  Object.assign(process.env, replacedVariable([...underWay].flat()));
}
