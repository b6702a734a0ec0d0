import { parseArgs } from "node:util";
import { KEYRINGS, type Keyring } from "../lib/rotation/keyrings.ts";
import { commandStack } from "../operations/rotation/command-stack.ts";
import { rotate as rotateKey } from "../operations/rotation/rotate.ts";
import { type Command, UsageError } from "./command.ts";

const OPTIONS = {
  cluster: { type: "string" },
  cwd: { type: "string", short: "C" },
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
  --cluster NAME    cluster, in a stack with several
  -C, --cwd FOLDER  folder of the stack's project, in place of the current one

It writes each step into the stack's configuration (caravan:certificates) and runs pulumi up. Killed at any moment, it goes on when it is
called again.

exit code: 0 done, or with --plan told; 2 it failed`,
  async run(args) {
    const { stack: stackName, keyring, cwd, plan = false, generation, cluster } = parsed(args);
    const { steps } = await rotateKey(commandStack(stackName, cwd), keyring, {
      ...(cluster === undefined ? {} : { cluster }),
      ...(generation === undefined ? {} : { generation }),
      planOnly: plan,
      onMessage: (message) => console.error(message),
      onOutput: (text) => process.stderr.write(text),
    });
    if (!plan && steps.length > 0) console.error(`${keyring}: rotated`);
    return 0;
  },
};

function parsed(args: readonly string[]) {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [stack, keyring, ...others] = positionals;
  if (stack === undefined) throw new UsageError("name a stack");
  if (keyring === undefined) throw new UsageError("name a keyring");
  if (others.length > 0) throw new UsageError(`takes one stack and one keyring, and was given ${positionals.join(", ")}`);
  const { generation, ...rest } = values;
  if (generation !== undefined && !/^[1-9]\d{0,3}$/.test(generation))
    throw new UsageError(`--generation takes a whole number from 1, and was given "${generation}"`);
  return { ...rest, stack, keyring: keyring as Keyring, generation: generation === undefined ? undefined : Number(generation) };
}
