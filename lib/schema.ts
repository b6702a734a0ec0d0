import { type Input, Output } from "@pulumi/pulumi";
import { z } from "zod";

/** Returns whether a value becomes known only later: an Output or a promise. */
export function isLater(value: unknown): boolean {
  return Output.isInstance(value) || value instanceof Promise;
}

/** Sets the JSON Schema of a schema. zod itself has none for a check in code. */
function asJson<S extends z.ZodType>(schema: S, json: z.core.JSONSchema.BaseSchema): S {
  schema._zod.toJSONSchema = () => json;
  return schema;
}

const NOT_EMPTY = { type: "string", minLength: 1 } as const;

/** Schema of a text, or of an Output that will be text. */
export const input = asJson(
  z.custom<Input<string>>((value) => (typeof value === "string" && value !== "") || isLater(value), "must be a text that is not empty"),
  NOT_EMPTY,
);

/** Makes a schema of the same with a further check, which applies only to a text that is known now. */
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

/** Schema of a foreign configuration, whose fields are passed through. */
export const fields = z.record(z.string(), z.unknown());

/** Schema of a number or a text. */
export const numberOrText = asJson(
  z.custom<number | string>((value) => ["number", "string"].includes(typeof value), "must be a number or a text"),
  { type: ["number", "string"] },
);

/** Schema of a text, or of several. */
export const textOrTexts = asJson(
  z.custom<string | string[]>(
    (value) => typeof value === "string" || (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string")),
    "must be a text, or a list of texts that is not empty",
  ),
  { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" }, minItems: 1 }] },
);

/** Makes a schema of a number with bounds. The rules check the bounds and report their own reason. */
export function bounded(minimum: number, maximum: number) {
  return asJson(z.number(), { type: "integer", minimum, maximum });
}

/** Makes a schema of one of some numbers. The rules check them and report their own reason. */
export function oneNumber(numbers: readonly number[]) {
  return asJson(z.number(), { type: "integer", enum: [...numbers] });
}

/** Makes a schema of one of some words. The rules check them and report their own reason. */
export function ruledWord<T extends string>(words: readonly T[]) {
  const schema = z.custom<T>((value) => typeof value === "string" && value !== "", "must be a text that is not empty");
  return asJson(schema, { type: "string", enum: [...words] });
}

/** Makes a schema of one of some words. */
export function oneWord<T extends string>(words: readonly T[]) {
  return z.enum(words, `use ${words.map((word) => `"${word}"`).join(" or ")}`);
}

/** Makes a schema of an object, or of an Output that will be one. Its JSON Schema is that of the object alone. */
export function laterObject<S extends z.ZodObject>(shape: S, message: string) {
  const schema = z.custom<Input<z.infer<S>>>((value) => isLater(value) || shape.safeParse(value).success, message);
  schema._zod.toJSONSchema = () => z.toJSONSchema(shape);
  return schema;
}

/** Separator of the known properties' names in the message about unknown properties. */
const BETWEEN = " ";

/**
 * Makes a schema of an object without unknown properties. zod names the unknown ones, and the message the known ones, for `propertiesIn`.
 */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? Object.keys(shape).join(BETWEEN) : undefined) });
}

/** Reads the names of the known properties from the message about unknown ones. */
export function propertiesIn(message: string): string[] {
  return message.split(BETWEEN);
}

/** Makes the error for a `type` that does not exist. */
export function oneOf(...types: string[]): { error: z.core.$ZodErrorMap } {
  const list = types.map((type) => `"${type}"`).join(" or ");
  return { error: ({ code }) => (code === "invalid_union" ? `use ${list}` : undefined) };
}

/**
 * Makes a schema of one of two objects. A property that only the first has decides which one is meant, so that errors are about that one.
 * @param advice message when the value is no object at all
 */
export function either<Having extends z.ZodObject, Lacking extends z.ZodObject>(
  property: keyof Having["shape"] & string,
  having: Having,
  lacking: Lacking,
  advice: string,
) {
  return chosen(having, lacking, (value) => (isObject(value) ? (property in value ? having : lacking) : undefined), advice);
}

/**
 * Makes a schema of what is on or off, or has settings.
 * @param advice message when the value is neither a boolean nor an object
 */
export function switchable<Settings extends z.ZodObject>(settings: Settings, advice: string) {
  const bare = z.boolean();
  return chosen(bare, settings, (value) => (typeof value === "boolean" ? bare : isObject(value) ? settings : undefined), advice);
}

/** Makes a schema of one of two, of which a value says itself which one is meant. For a union, zod would report the errors of each member. */
function chosen<One extends z.ZodType, Other extends z.ZodType>(
  one: One,
  other: Other,
  choose: (value: unknown) => One | Other | undefined,
  advice: string,
) {
  const union: z.ZodUnion<[One, Other]> = z.union([one, other]);
  const parse: typeof union._zod.parse = (payload, context) => {
    const { value } = payload;
    const meant = choose(value);
    if (meant !== undefined) return meant._zod.run(payload as z.core.ParsePayload, context) as ReturnType<typeof union._zod.parse>;
    payload.issues.push({ code: "custom", message: advice, input: value, inst: union });
    return payload as z.core.ParsePayload<never>;
  };
  union._zod.parse = parse;
  union._zod.run = parse;
  return union;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
