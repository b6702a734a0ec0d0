import { InputPropertiesError } from "@pulumi/pulumi";

/** Collection of all problems of an input, so that a user can fix them in one go. Functions named `check...` add to it. */
export class Problems {
  readonly #found: { propertyPath: string; reason: string }[];
  readonly #prefix: string;

  constructor(prefix = "", found: { propertyPath: string; reason: string }[] = []) {
    this.#prefix = prefix;
    this.#found = found;
  }

  /** Returns the same collection, seen from a property: the paths of problems that are added there begin with it. */
  at(property: string): Problems {
    return new Problems(this.#path(property), this.#found);
  }

  /** Adds a problem of a property. The reason has the given value, what is allowed, and the fix. */
  add(property: string, reason: string): void {
    this.#found.push({ propertyPath: this.#path(property), reason });
  }

  /** Problems so far, one line each. */
  get lines(): string[] {
    return this.#found.map(({ propertyPath, reason }) => `${propertyPath}: ${reason}`);
  }

  /** Throws one InputPropertiesError with all problems and the help; does nothing when there are none. */
  throwIfAny(subject: string, help?: string): void {
    if (this.#found.length === 0) return;
    const count = this.#found.length === 1 ? "1 invalid property" : `${this.#found.length} invalid properties`;
    const list = this.lines.map((line) => `  ${line}`).join("\n");
    const message = `${subject} has ${count}:\n${list}${help ? `\n  ${help}` : ""}`;
    const error = new InputPropertiesError({ message, errors: this.#found });
    throw withoutStack(error);
  }

  #path(property: string): string {
    if (this.#prefix === "" || property === "") return this.#prefix + property;
    return property.startsWith("[") ? this.#prefix + property : `${this.#prefix}.${property}`;
  }
}

/**
 * Marks an error as Pulumi marks its own RunError, so that it shows the message without a stack trace: the input is wrong, not the program.
 */
function withoutStack(error: InputPropertiesError): InputPropertiesError {
  return Object.defineProperty(error, "__pulumiRunError", { value: true });
}
