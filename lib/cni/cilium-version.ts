/** Default version of Cilium's chart. */
export const DEFAULT_CILIUM_VERSION = "1.19.6";
