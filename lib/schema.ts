import { Output } from "@pulumi/pulumi";
import { z } from "zod";

/** Whether a value becomes known only later. */
export function isLater(value: unknown): boolean {
  return Output.isInstance(value) || value instanceof Promise;
}

/** Text that is known now, or an Output that will be text. */
export const input = z.custom<unknown>(
  (value) => (typeof value === "string" && value !== "") || isLater(value),
  "must be a text that is not empty",
);
export const text = z.string().min(1);
export const texts = z.array(text);
export const numberOrText = z.custom<number | string>((value) => ["number", "string"].includes(typeof value), "must be a number or a text");
export const textMap = z.record(z.string(), z.string());
export const port = z.int().min(1).max(65535);

/** What there is between the names of an object's properties in the message about those that are unknown. */
const BETWEEN = " ";

/** An object with some properties and no others. Zod names the others; the message names those that there are, for `propertiesIn`. */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? Object.keys(shape).join(BETWEEN) : undefined) });
}

/** The names of the properties that there are, from the message about those that are unknown. */
export function propertiesIn(message: string): string[] {
  return message.split(BETWEEN);
}

/** What to say of a `type` that is none of those that there are. */
export function oneOf(...types: string[]): { error: z.core.$ZodErrorMap } {
  const list = types.map((type) => `"${type}"`).join(" or ");
  return { error: ({ code }) => (code === "invalid_union" ? `use ${list}` : undefined) };
}

/** One of some words. */
export function oneWord<T extends string>(words: readonly T[]) {
  return z.enum(words, `use ${words.map((word) => `"${word}"`).join(" or ")}`);
}

/** One of two shapes, told apart by a property that only the first has, so that what is wrong is said of the shape that was meant. */
export function either(property: string, having: z.ZodType, lacking: z.ZodType): z.ZodType {
  return z.unknown().check((context) => {
    const value: unknown = context.value;
    const shape = typeof value === "object" && value !== null && property in value ? having : lacking;
    const { error } = shape.safeParse(value, { reportInput: true });
    context.issues.push(...((error?.issues ?? []) as typeof context.issues));
  });
}
