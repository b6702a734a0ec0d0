/** Most generations of a key: a rotation a week for 19 years. */
export const MOST_GENERATIONS = 1000;
