// A limit for one attempt, body included.
import { AppError } from "../core/errors.ts";
import { onAbort, throwIfAborted } from "./aborted.ts";
import type { HttpRequest, Transport } from "./transport.ts";

/** Calls `fire` after so many milliseconds, unless the function that it gives back is called first. */
export type Timer = (ms: number, fire: () => void) => () => void;

/** Ends an attempt that takes longer than `timeoutMs`. @throws TIMEOUT, and what the transport throws */
export function withTimeout(
  transport: Transport,
  options: { readonly timeoutMs: number; readonly timer?: Timer },
): Transport {
  const timer = options.timer ?? startTimer;
  return async (request, signal) => {
    throwIfAborted(signal);
    const attempt = new AbortController();
    let late = false;
    const cancel = timer(options.timeoutMs, () => {
      late = true;
      attempt.abort();
    });
    const leave = onAbort(signal, () => attempt.abort());
    try {
      return await transport(request, attempt.signal);
    } catch (error) {
      if (!late || signal.aborted) throw error;
      throw timedOut(request, options.timeoutMs, error);
    } finally {
      cancel();
      leave();
    }
  };
}

/** The real one. */
export function startTimer(ms: number, fire: () => void): () => void {
  const handle = setTimeout(fire, ms);
  return () => clearTimeout(handle);
}

function timedOut(request: HttpRequest, timeoutMs: number, cause: unknown): AppError {
  const { origin } = new URL(request.url);
  return new AppError(
    "TIMEOUT",
    `Cannot finish the request to "${origin}": no whole answer came, expected one within ${timeoutMs} ms`,
    { context: { origin, timeoutMs }, cause },
  );
}
