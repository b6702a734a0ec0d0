/** Lock of commands that start or stop the cloud, so that only one of them runs at a time. */
export const lockFile = "/run/lock/caravan-devcloud";
