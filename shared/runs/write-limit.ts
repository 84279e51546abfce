// How long a write of the journal may take.
import { lastBlockMs } from "../core/slice-end.ts";

/** A connection that hangs does not hold a run up for longer. */
const writeLimitMs = 60_000;

/** Does the work under a signal that fires when it has taken too long, or soon after `stop` has fired: the slice has to
 * end then. */
export async function withWriteLimit<T>(
  stop: AbortSignal,
  work: (limit: AbortSignal) => Promise<T>,
  afterStopMs: number = lastBlockMs,
): Promise<T> {
  const limit = new AbortController();
  const fireIn = (ms: number) => setTimeout(() => limit.abort(), ms);
  const timers = [fireIn(writeLimitMs)];
  const hurry = () => void timers.push(fireIn(afterStopMs));
  if (stop.aborted) hurry();
  else stop.addEventListener("abort", hurry, { once: true });
  try {
    return await work(limit.signal);
  } finally {
    stop.removeEventListener("abort", hurry);
    for (const timer of timers) clearTimeout(timer);
  }
}
