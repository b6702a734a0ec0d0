import { z } from "zod";

/** Check of the API server in CEL, with the message that users see. */
interface Validation {
  rule: string;
  message: string;
}

/** Gives a schema checks of the API server. */
export function validated<S extends z.ZodType>(schema: S, ...validations: Validation[]): S {
  return schema.meta({ ...schema.meta(), "x-kubernetes-validations": validations });
}

/** Makes the schema of a name of an object. */
export function name(description: string, longest = 253) {
  return z.string().min(1).max(longest).describe(description);
}

/** Makes the schema of a time. */
export function time(description: string) {
  return z.string().meta({ description, format: "date-time" });
}

/** Makes the schema of a duration, like "90m" or "2h30m": Go's format, which CEL's `duration()` reads. */
export function duration(description: string) {
  return z
    .string()
    .regex(/^(\d+h)?(\d+m)?(\d+s)?$/)
    .min(2)
    .max(12)
    .describe(`${description} Hours, minutes and seconds, like "2h30m".`);
}

/** Makes the schema of an object whose fields the API server neither knows nor removes. */
export function anyFields(description: string) {
  return z.record(z.string(), z.unknown()).meta({ description, "x-kubernetes-preserve-unknown-fields": true });
}

/** Writes a schema as the API server takes it in a CustomResourceDefinition: a structural schema of OpenAPI 3.0. */
export function structural(schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...written } = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io: "input",
    override: ({ jsonSchema }) => trim(jsonSchema),
  });
  return written;
}

/** Removes what zod adds: names of properties as text, which all are, and the bounds of JavaScript's integers. */
function trim(json: z.core.JSONSchema.BaseSchema): void {
  delete json.propertyNames;
  if (json["x-kubernetes-preserve-unknown-fields"]) delete json.additionalProperties;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
}
