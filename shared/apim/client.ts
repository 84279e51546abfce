// The one shared client of API Management: the port `Apim` over either door. Behaviour is a stack of wrappers around one
// transport, from the outside: retry, throttle with concurrency, credential, time-out, log.
import { createConcurrency } from "../http/concurrency.ts";
import { createRetryBudget, type RetryBudget } from "../http/retry-budget.ts";
import { createSerialiser } from "../http/serialise-by-key.ts";
import type { Transport } from "../http/transport.ts";
import { withLog } from "../http/with-log.ts";
import { withRetry } from "../http/with-retry.ts";
import { armRates, type ThrottleRates, unlimitedRates, withThrottle } from "../http/with-throttle.ts";
import { type Timer, withTimeout } from "../http/with-timeout.ts";
import type { Apim, Clock, Log } from "../ports.ts";
import { apimRetryStrategy } from "./apim-retry-strategy.ts";
import type { Credential } from "./credential.ts";
import { type ApimDoor, createDialect } from "./dialect.ts";
import { createGroups } from "./groups.ts";
import { createMembers } from "./members.ts";
import { createProducts } from "./products.ts";
import { createResource } from "./resource.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { createUsers } from "./users.ts";
import { withCredential } from "./with-credential.ts";

export type ApimOptions = {
  readonly door: ApimDoor;
  readonly credential: Credential;
  /** The network, without any wrapper. */
  readonly transport: Transport;
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  readonly log: Log;
  /** Of one attempt; 60 s by default. */
  readonly timeoutMs?: number;
  readonly timer?: Timer;
  /** Of one request, the first included; 6 by default. */
  readonly maxAttempts?: number;
  /** `$top` of lists; the service's own page size by default. */
  readonly pageSize?: number;
  /** Requests under way at once: 8 at first, at most 32 by default. */
  readonly concurrency?: { readonly initial: number; readonly max: number };
  /** The service's limits: Azure Resource Manager's for the arm door, none for the direct door by default. */
  readonly rates?: ThrottleRates;
};

/** One client of one service. Its ports share connections, token, buckets, concurrency and the order of writes that touch
 * one user; each has a retry budget of its own, the given one or a new one, so that no run uses up another's. */
export type ApimClient = { open(budget?: RetryBudget): Apim };

/** Nothing is sent before the first call of a port's method. @throws CONFIG_INVALID for the door */
export function createApimClient(options: ApimOptions): ApimClient {
  const dialect = createDialect(options.door);
  const throttled = createThrottled(options);
  const serialise = createSerialiser();
  const pages = { pageSize: options.pageSize };
  const { clock, log, random } = options;
  return {
    open(budget = createRetryBudget()) {
      const maxAttempts = options.maxAttempts ?? 6;
      const retry = { strategy: apimRetryStrategy, clock, random, budget, log, maxAttempts };
      const resource = createResource(dialect, withRetry(throttled, retry));
      const groups = createGroups(resource, pages);
      return {
        ...groups,
        ...createUsers({ resource, serialise, clock, pages, listGroups: groups.listGroups }),
        ...createMembers(resource, serialise),
        ...createProducts(resource, pages),
        ...createSubscriptions({ resource, serialise, pages }),
      };
    },
  };
}

/** The only port of a client. @throws CONFIG_INVALID for the door */
export function createApim(options: ApimOptions): Apim {
  return createApimClient(options).open();
}

/** Waiting, for a retry or for a token of the bucket, never holds one of the places of the concurrency limit. */
function createThrottled(options: ApimOptions): Transport {
  const { clock, credential, door, log } = options;
  const now = () => clock.now();
  const logged = withLog(options.transport, { log, now });
  const timed = withTimeout(logged, {
    timeoutMs: options.timeoutMs ?? 60_000,
    ...(options.timer === undefined ? {} : { timer: options.timer }),
  });
  const signed = withCredential(timed, credential);
  const concurrency = createConcurrency({ ...(options.concurrency ?? { initial: 8, max: 32 }), now });
  const rates = options.rates ?? (door.kind === "arm" ? armRates : unlimitedRates);
  return withThrottle(signed, { rates, clock, concurrency });
}
