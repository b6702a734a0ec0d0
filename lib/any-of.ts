/** Names of the properties that any member of a union has. */
type KeyOfAny<Union> = Union extends unknown ? keyof Union : never;

/** Type of a property in the members of a union that have it. */
type ValueOfAny<Union, Key extends PropertyKey> = Union extends { [key in Key]?: infer Value } ? Value : never;

/** A union as rules read it: every property of any member, each optional. */
export type AnyOf<Union> = { [Key in KeyOfAny<Union>]?: ValueOfAny<Union, Key> };
