import type { KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";

/** Arguments that are right but for the property that a refusal is about. */
export type Surroundings = Partial<Record<keyof KubernetesClusterArgs, unknown>>;

/**
 * Value that is refused, and the lines of the error. A line that begins with no letter is about the property itself, whose path is left
 * out. The third part replaces other properties of the cluster.
 */
export type Refusal = readonly [value: unknown, lines: readonly string[], others?: Surroundings];

/** Rule of a property, beyond its type and the bounds that its description names. */
export interface Rule {
  /** Allowed values, and other properties that they must agree with. @default none */
  rule?: string;
  /** Service of OpenStack that must have what is named; a plain value is looked up before anything is made. @default none */
  lookedUp?: "Cinder" | "Designate" | "Glance" | "Neutron" | "Nova" | "Octavia";
  refused: readonly Refusal[];
}

/** Rule of each property of a type: the compiler refuses a table without one. */
export type PropertyRules<T> = { readonly [Property in keyof T]-?: Rule };

/** Rules of the properties of a type. */
export interface TypeRules<T> {
  /** Cluster in which the refusals are tried. */
  within: Surroundings;
  /** Path of a value of the type in the cluster. */
  at: readonly (string | number)[];
  /** Value at the path, where the cluster has none. */
  value?: object;
  rules: PropertyRules<T>;
}
