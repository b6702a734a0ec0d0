// JavaScript, without a dependency and evaluated before all else: what is too old for the rest must still be able to say so.

/** The oldest Node.js on which the library runs, as package.json has it: it knows Map.groupBy, and runs TypeScript as it is. */
const OLDEST = "22.18";

/**
 * What is wrong with a version of Node.js, if anything is.
 * @param {string} version
 */
export function objectionTo(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `caravan needs Node.js ${OLDEST} or newer, and this is ${version}; install a newer one, or put it first on PATH`;
}

const objection = objectionTo(process.versions.node);
// The mark by which Pulumi knows its own RunError, which it shows without a stack.
if (objection) throw Object.assign(new Error(objection), { __pulumiRunError: true });
