import { type Input, Output } from "@pulumi/pulumi";
import { z } from "zod";

/** Says whether a value becomes known only later. */
export function isLater(value: unknown): boolean {
  return Output.isInstance(value) || value instanceof Promise;
}

/** A schema with what `z.toJSONSchema` makes of it: zod itself knows no JSON Schema of a check in code. */
function asJson<S extends z.ZodType>(schema: S, json: z.core.JSONSchema.BaseSchema): S {
  schema._zod.toJSONSchema = () => json;
  return schema;
}

const NOT_EMPTY = { type: "string", minLength: 1 } as const;

/** Text that is known now, or an Output that will be text. */
export const input = asJson(
  z.custom<Input<string>>((value) => (typeof value === "string" && value !== "") || isLater(value), "must be a text that is not empty"),
  NOT_EMPTY,
);

/** The same with a further check of text that is known now. */
export function checkedInput(check: (text: string) => boolean, message: string) {
  return asJson(
    input.refine((value) => typeof value !== "string" || check(value), message),
    NOT_EMPTY,
  );
}

export const text = z.string().min(1);
export const texts = z.array(text);
export const textMap = z.record(z.string(), z.string());
export const port = z.int().min(1).max(65535);

/** Fields of a configuration that is not ours, passed through. */
export const fields = z.record(z.string(), z.unknown());

/** A number or a text. */
export const numberOrText = asJson(
  z.custom<number | string>((value) => ["number", "string"].includes(typeof value), "must be a number or a text"),
  { type: ["number", "string"] },
);

/** A number whose bounds the rules check, with a reason of their own. */
export function bounded(minimum: number, maximum: number) {
  return asJson(z.number(), { type: "integer", minimum, maximum });
}

/** One of some numbers, which the rules check with a reason of their own. */
export function oneNumber(numbers: readonly number[]) {
  return asJson(z.number(), { type: "integer", enum: [...numbers] });
}

/** One of some words, which the rules check with a reason of their own. */
export function ruledWord<T extends string>(words: readonly T[]) {
  const schema = z.custom<T>((value) => typeof value === "string" && value !== "", "must be a text that is not empty");
  return asJson(schema, { type: "string", enum: [...words] });
}

/** One of some words. */
export function oneWord<T extends string>(words: readonly T[]) {
  return z.enum(words, `use ${words.map((word) => `"${word}"`).join(" or ")}`);
}

/** An object, or an Output that will be one; JSON Schema knows the object alone. */
export function laterObject<S extends z.ZodObject>(shape: S, message: string) {
  const schema = z.custom<Input<z.infer<S>>>((value) => isLater(value) || shape.safeParse(value).success, message);
  schema._zod.toJSONSchema = () => z.toJSONSchema(shape);
  return schema;
}

/** Separator of the names of an object's properties in the message about those that are unknown. */
const BETWEEN = " ";

/** An object with some properties and no others. Zod names the others; the message names those that there are, for `propertiesIn`. */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? Object.keys(shape).join(BETWEEN) : undefined) });
}

/** The names of the properties that there are, from the message about those that are unknown. */
export function propertiesIn(message: string): string[] {
  return message.split(BETWEEN);
}

/** The error for a `type` that is none of those that there are. */
export function oneOf(...types: string[]): { error: z.core.$ZodErrorMap } {
  const list = types.map((type) => `"${type}"`).join(" or ");
  return { error: ({ code }) => (code === "invalid_union" ? `use ${list}` : undefined) };
}

/**
 * One of two objects, told apart by a property that only the first has, so that what is wrong is said of the one that was meant.
 * @param advice reason when the value is no object at all
 */
export function either<Having extends z.ZodObject, Lacking extends z.ZodObject>(
  property: keyof Having["shape"] & string,
  having: Having,
  lacking: Lacking,
  advice: string,
) {
  const union: z.ZodUnion<[Having, Lacking]> = z.union([having, lacking]);
  // Of a union zod tells what is wrong with each of its members.
  const parse: typeof union._zod.parse = (payload, context) => {
    const { value } = payload;
    if (typeof value !== "object" || value === null) {
      payload.issues.push({ code: "custom", message: advice, input: value, inst: union });
      return payload as z.core.ParsePayload<never>;
    }
    const meant = property in value ? having : lacking;
    return meant._zod.run(payload, context) as ReturnType<typeof union._zod.parse>;
  };
  union._zod.parse = parse;
  union._zod.run = parse;
  return union;
}
