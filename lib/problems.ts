import { InputPropertiesError } from "@pulumi/pulumi";

/** Collects everything that is wrong with an input, so that it can be mended in one go. */
export class Problems {
  readonly #found: { propertyPath: string; reason: string }[];
  readonly #prefix: string;

  constructor(prefix = "", found: { propertyPath: string; reason: string }[] = []) {
    this.#prefix = prefix;
    this.#found = found;
  }

  /** The same collection, seen from a property: paths added there begin with it. */
  at(property: string): Problems {
    return new Problems(this.#path(property), this.#found);
  }

  /** Notes what is wrong with a property: the value given, what is allowed, and how to mend it. */
  add(property: string, reason: string): void {
    this.#found.push({ propertyPath: this.#path(property), reason });
  }

  /** The problems so far, one line each. */
  get lines(): string[] {
    return this.#found.map(({ propertyPath, reason }) => `${propertyPath}: ${reason}`);
  }

  /** Throws one InputPropertiesError that names all problems, and what may help, or does nothing when there are none. */
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

/** Has Pulumi show the error as its message alone: the mark by which it knows its own RunError. The user's input is wrong, not a program. */
function withoutStack(error: InputPropertiesError): InputPropertiesError {
  return Object.defineProperty(error, "__pulumiRunError", { value: true });
}
