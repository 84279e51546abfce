// Resource Manager's token buckets: one per principal and kind of operation, refilled continuously.
import type { Answer } from "./answer.ts";
import { armFailure } from "./errors.ts";

type BucketLimit = { readonly capacity: number; readonly perSecond: number };
export type ArmLimits = { readonly reads: BucketLimit; readonly writes: BucketLimit; readonly deletes: BucketLimit };
type Operation = keyof ArmLimits;

/** The numbers of one subscription and principal in one region. */
export const publishedLimits: ArmLimits = {
  reads: { capacity: 250, perSecond: 25 },
  writes: { capacity: 200, perSecond: 10 },
  deletes: { capacity: 200, perSecond: 10 },
};

export type TokenBuckets = {
  /** Takes one token; the header tells what is left. Refused: the 429, with the seconds until there is a token again. */
  take(
    principal: string,
    method: string,
    now: number,
  ): { readonly headers: Readonly<Record<string, string>> } | { readonly refused: Answer };
  clear(): void;
};

export function createTokenBuckets(limits: ArmLimits): TokenBuckets {
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>();

  return {
    take(principal, method, now) {
      const operation = operationOf(method);
      const limit = limits[operation];
      const key = `${operation} ${principal}`;
      const before = buckets.get(key) ?? { tokens: limit.capacity, at: now };
      const tokens = Math.min(limit.capacity, before.tokens + ((now - before.at) / 1000) * limit.perSecond);
      const left = tokens >= 1 ? tokens - 1 : tokens;
      buckets.set(key, { tokens: left, at: now });
      const headers = { [`x-ms-ratelimit-remaining-subscription-${operation}`]: String(Math.floor(left)) };
      if (tokens >= 1) return { headers };
      return { refused: throttled(operation, Math.max(1, Math.ceil((1 - tokens) / limit.perSecond)), headers) };
    },
    clear: () => buckets.clear(),
  };
}

// POST actions count as writes.
function operationOf(method: string): Operation {
  if (method === "GET" || method === "HEAD") return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}

function throttled(operation: Operation, seconds: number, headers: Readonly<Record<string, string>>): Answer {
  return armFailure(
    429,
    "SubscriptionRequestsThrottled",
    `Number of '${operation.slice(0, -1)}' requests for subscription actor '***:***' exceeded. Please try again after '${seconds}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    { ...headers, "Retry-After": String(seconds) },
  );
}
