/** Held by commands that start or stop the cloud, so that only one of them works at a time. */
export const lockFile = "/run/lock/caravan-devcloud";
