// Keeps the retries of a run, or of whatever shares a budget, a small share of its requests, so that a service in trouble
// is not met with a multiple of the traffic. The slices of a run are worked on by any instance, so what one of them
// leaves can be told, and the next one goes on with it.

export type RetryBudget = {
  /** Called once for each request. */
  deposit(): void;
  /** Takes one retry; false when none is left. */
  withdraw(): boolean;
  /** Whole retries left: a share of one that requests have earned is not told. */
  left(): number;
  /** Goes on with so many retries, at most as many as a new budget has. */
  resume(retries: number): void;
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
    left: () => Math.floor(left),
    resume(retries) {
      left = Math.min(reserve, retries);
    },
  };
}
