// The only retry loop. What deserves another attempt, and after how long, is decided by a pure strategy.
import { AppError } from "../core/errors.ts";
import type { Clock, Log } from "../ports.ts";
import type { RetryBudget } from "./retry-budget.ts";
import { type AttemptResult, mayBeDone, type RetryStrategy } from "./retry-strategy.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";

export type RetryOptions = {
  readonly strategy: RetryStrategy;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly budget: RetryBudget;
  readonly log: Log;
  /** The first attempt included. */
  readonly maxAttempts: number;
};

/** Sends again as long as the strategy waits, attempts and budget are left; then gives the last result as it is, with
 * the number of attempts, and whether one before the last may have been carried out. @throws what the last attempt threw */
export function withRetry(transport: Transport, options: RetryOptions): Transport {
  return async (request, signal) => {
    options.budget.deposit();
    let doubt = false;
    for (let attempt = 1; ; attempt += 1) {
      const result = await tryOnce(transport, request, signal);
      const wait = signal.aborted ? undefined : waitMs(options, request, attempt, result);
      if (wait === undefined) return settle(result, attempt, doubt);
      doubt ||= mayBeDone(result);
      options.log.debug("http.request.retried", {
        method: request.method,
        attempt,
        waitMs: wait,
        because: because(result),
      });
      await options.clock.sleep(wait, signal);
    }
  };
}

async function tryOnce(transport: Transport, request: HttpRequest, signal: AbortSignal): Promise<AttemptResult> {
  try {
    return { kind: "response", response: await transport(request, signal) };
  } catch (error) {
    return { kind: "error", error };
  }
}

function waitMs(
  options: RetryOptions,
  request: HttpRequest,
  attempt: number,
  result: AttemptResult,
): number | undefined {
  if (attempt >= options.maxAttempts) return undefined;
  const now = options.clock.now();
  const decision = options.strategy({ request, attempt, now, random: options.random(), result });
  if (decision.kind === "giveUp") return undefined;
  return decision.asked || options.budget.withdraw() ? decision.ms : undefined;
}

function settle(result: AttemptResult, attempts: number, doubt: boolean): HttpResponse {
  if (result.kind === "error") throw result.error;
  return { ...result.response, attempts, ...(doubt && { mayBeDone: true }) };
}

function because(result: AttemptResult): string {
  if (result.kind === "response") return String(result.response.status);
  return result.error instanceof AppError ? result.error.code : "unknown";
}
