/** Port of the scheduler's metrics. */
export const SCHEDULER_PORT = 10_259;
