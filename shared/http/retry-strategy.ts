// What a failed attempt deserves: giving up, or waiting so many milliseconds. Pure; `withRetry` does the waiting.
import { AppError } from "../core/errors.ts";
import { backoffMs } from "./backoff.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { HttpRequest, HttpResponse } from "./transport.ts";

export type Attempt = {
  readonly request: HttpRequest;
  /** 1 is the first. */
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** In [0, 1), for jitter. */
  readonly random: number;
  readonly result: AttemptResult;
};

export type AttemptResult =
  | { readonly kind: "response"; readonly response: HttpResponse }
  | { readonly kind: "error"; readonly error: unknown };

/** `asked` is a wait that the service named itself: it costs nothing of the retry budget. */
export type RetryDecision =
  | { readonly kind: "giveUp" }
  | { readonly kind: "wait"; readonly ms: number; readonly asked: boolean };

export type RetryStrategy = (attempt: Attempt) => RetryDecision;

/** A service that asks for longer than this gets no further attempt: the run goes on later by itself. */
const longestAskedWaitMs = 5 * 60_000;

/** True when sending the request twice does no more than sending it once. A PATCH under an ETag qualifies: once it is
 * done, the ETag no longer holds. */
export function isRepeatable(request: HttpRequest): boolean {
  if (request.method === "POST") return request.repeatable === true;
  if (request.method !== "PATCH") return true;
  const etag = request.headers["if-match"];
  return etag !== undefined && etag !== "*";
}

/** Answers that refuse a request before anything is done: a conflict, an ETag that does not hold, too many requests. */
const refusedUndone: ReadonlySet<number> = new Set([409, 412, 429]);

/** Whether a failed attempt may have been carried out all the same: its answer was lost, or says nothing about that. */
export function mayBeDone(result: AttemptResult): boolean {
  return result.kind === "error" || !refusedUndone.has(result.response.status);
}

/** The wait that the service asks for, else backoff with full jitter (0.5 s doubling to 30 s). */
export function waitOrBackOff(attempt: Attempt): RetryDecision {
  const asked =
    attempt.result.kind === "response" ? retryAfterMs(attempt.result.response.headers, attempt.now) : undefined;
  if (asked !== undefined) {
    return asked > longestAskedWaitMs ? { kind: "giveUp" } : { kind: "wait", ms: asked, asked: true };
  }
  const ms = backoffMs({ attempt: attempt.attempt, random: attempt.random, baseMs: 500, maxMs: 30_000 });
  return { kind: "wait", ms, asked: false };
}

/** Retries what HTTP itself calls passing: 429 always; 408, 500, 502, 503, 504, broken connections and time-outs for
 * repeatable requests. */
export function httpRetryStrategy(attempt: Attempt): RetryDecision {
  if (attempt.result.kind === "error") {
    return isPassing(attempt.result.error) && isRepeatable(attempt.request)
      ? waitOrBackOff(attempt)
      : { kind: "giveUp" };
  }
  const { status } = attempt.result.response;
  if (status === 429) return waitOrBackOff(attempt);
  const passing = status === 408 || status === 500 || (status >= 502 && status <= 504);
  return passing && isRepeatable(attempt.request) ? waitOrBackOff(attempt) : { kind: "giveUp" };
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  return error.code === "TIMEOUT" || (error.code === "NETWORK" && error.context.tooLarge !== true);
}
