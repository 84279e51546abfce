// Keeps retries of a run's slice, or of whatever shares a budget, a small share of its requests, so that a service in trouble is not met with a
// multiple of the traffic.

export type RetryBudget = {
  /** Called once for each request. */
  deposit(): void;
  /** Takes one retry; false when none is left. */
  withdraw(): boolean;
};

/** `reserve` retries at the start and at most (50), refilled by `ratio` (0.2) of a retry with each request. */
export function createRetryBudget(options: { readonly reserve?: number; readonly ratio?: number } = {}): RetryBudget {
  const reserve = options.reserve ?? 50;
  const ratio = options.ratio ?? 0.2;
  let left = reserve;
  return {
    deposit() {
      left = Math.min(reserve, left + ratio);
    },
    withdraw() {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
