import { KEYRINGS, type Keyring } from "../lib/rotation/keyrings.ts";
import { commandStack } from "../operations/rotation/command-stack.ts";
import { rotate as rotateKey } from "../operations/rotation/rotate.ts";
import { type Command, UsageError } from "./command.ts";
import { CLUSTER_USAGE, parseClusterArgs } from "./stack-options.ts";

const OPTIONS = {
  generation: { type: "string" },
  plan: { type: "boolean" },
} as const;

/** `caravan rotate STACK KEYRING`: rotates a key or a CA by three runs of the stack. */
export const rotate: Command = {
  summary: "rotates a key or a CA of a stack's cluster: trusts a new one, uses it, drops the old one",
  usage: `caravan rotate STACK KEYRING [options]

  KEYRING           one of: ${KEYRINGS.join(", ")}

  --plan            tells the steps, and does nothing
  --generation N    generation that alone is used and trusted at the end, in place of the one that has begun, or else the next.
                    A call with it that has ended can be repeated and does nothing
${CLUSTER_USAGE}

It writes each step into the stack's configuration (caravan:certificates) and runs pulumi up. Killed at any moment, it goes on when it is
called again.

exit code: 0 done, or with --plan told; 2 it failed`,
  async run(args) {
    const { target, choice, further, options } = parseClusterArgs(args, OPTIONS, ["keyring"]);
    const keyring = further[0] as Keyring;
    const { plan = false, generation } = options;
    const { steps } = await rotateKey(commandStack(target.stack, target.workDir), keyring, {
      ...choice,
      ...(generation === undefined ? {} : { generation: generationIn(generation) }),
      planOnly: plan,
      onMessage: (message) => console.error(message),
      onOutput: (text) => process.stderr.write(text),
    });
    if (!plan && steps.length > 0) console.error(`${keyring}: rotated`);
    return 0;
  },
};

function generationIn(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError(`--generation takes a whole number from 1, and was given "${text}"`);
  return Number(text);
}
