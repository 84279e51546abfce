// Keeps below the service's limits: a bucket each for reads, writes and deletes, corrected by what the answers say
// (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
import type { Clock } from "../ports.ts";
import type { Concurrency } from "./concurrency.ts";
import { retryAfterMs } from "./retry-after.ts";
import { type BucketNews, type BucketRate, createTokenBucket } from "./token-bucket.ts";
import type { HttpMethod, HttpRequest, HttpResponse, Transport } from "./transport.ts";

type Operation = "reads" | "writes" | "deletes";

export type ThrottleRates = { readonly [O in Operation]: BucketRate };

const unlimited: BucketRate = { capacity: Number.POSITIVE_INFINITY, refillPerSecond: Number.POSITIVE_INFINITY };

/** For services without published limits: only their own `Retry-After` counts. */
export const unlimitedRates: ThrottleRates = { reads: unlimited, writes: unlimited, deletes: unlimited };

/** Azure Resource Manager's numbers for one principal in one subscription and region. */
export const armRates: ThrottleRates = {
  reads: { capacity: 250, refillPerSecond: 25 },
  writes: { capacity: 200, refillPerSecond: 10 },
  deletes: { capacity: 200, refillPerSecond: 10 },
};

/** Waits before each request until its bucket allows it, and then for a place; waiting for the bucket holds none. A
 * `Retry-After` on 429 or 503 pauses the bucket, also for those that wait for a place by then. */
export function withThrottle(
  transport: Transport,
  options: { readonly rates: ThrottleRates; readonly clock: Clock; readonly concurrency: Concurrency },
): Transport {
  const { clock, rates, concurrency } = options;
  const buckets = {
    reads: createTokenBucket(rates.reads, clock),
    writes: createTokenBucket(rates.writes, clock),
    deletes: createTokenBucket(rates.deletes, clock),
  };
  /** The bucket knows of the answer before the place is another one's. */
  async function exchange(number: number, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const operation = operationOf(request.method);
    let news: BucketNews = {};
    try {
      const response = await transport(request, signal);
      news = newsOf(operation, response, clock.now());
      return response;
    } finally {
      buckets[operation].answered(number, news);
    }
  }

  return async (request, signal) => {
    const bucket = buckets[operationOf(request.method)];
    for (;;) {
      const number = await bucket.take(signal);
      let sent = false;
      const send = (): Promise<HttpResponse> | undefined => {
        if (bucket.paused()) return undefined;
        sent = true;
        return exchange(number, request, signal);
      };
      try {
        const response = await concurrency(send, signal);
        if (response !== undefined) return response;
      } finally {
        // Its token is gone: a service that asks to wait has none to spare.
        if (!sent) bucket.answered(number, {});
      }
    }
  };
}

/** Azure counts POST actions as writes. */
function operationOf(method: HttpMethod): Operation {
  if (method === "GET" || method === "HEAD") return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}

/** Limits that one request counts against: of the principal in the subscription, of everybody in it, of the tenant. */
const scopes = ["subscription", "subscription-global", "tenant"] as const;

/** What the limit that is nearest to its end has left; undefined where the answer names none. */
function remainingOf(operation: Operation, headers: HttpResponse["headers"]): number | undefined {
  let least: number | undefined;
  for (const scope of scopes) {
    const text = headers.get(`x-ms-ratelimit-remaining-${scope}-${operation}`);
    if (text !== undefined && /^\d+$/.test(text)) least = Math.min(least ?? Number(text), Number(text));
  }
  return least;
}

function newsOf(operation: Operation, { status, headers }: HttpResponse, now: number): BucketNews {
  const remaining = remainingOf(operation, headers);
  const wait = status === 429 || status === 503 ? retryAfterMs(headers, now) : undefined;
  return {
    empty: status === 429,
    ...(remaining !== undefined && { remaining }),
    ...(wait !== undefined && { pauseUntil: now + wait }),
  };
}
