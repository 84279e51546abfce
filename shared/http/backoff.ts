// How long to wait where the service does not say. Pure.

/** Exponential backoff with full jitter, in milliseconds: somewhere between 0 and `baseMs` doubled with each attempt
 * (1 is the first), at most `maxMs`. `random` is a number in [0, 1). */
export function backoffMs(options: {
  readonly attempt: number;
  readonly random: number;
  readonly baseMs: number;
  readonly maxMs: number;
}): number {
  const ceiling = Math.min(options.maxMs, options.baseMs * 2 ** (options.attempt - 1));
  return Math.round(options.random * ceiling);
}
