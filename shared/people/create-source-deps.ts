// What sources need, over the real world: HTTP with retries, blobs and tokens by the program's identity.
import type { TokenCredential } from "@azure/identity";
import { AppError } from "../core/errors.ts";
import { abortedError } from "../http/aborted.ts";
import { createRetryBudget } from "../http/retry-budget.ts";
import { httpRetryStrategy } from "../http/retry-strategy.ts";
import type { Transport } from "../http/transport.ts";
import { withLog } from "../http/with-log.ts";
import { withRetry } from "../http/with-retry.ts";
import { withTimeout } from "../http/with-timeout.ts";
import type { Clock, Log, Secrets } from "../ports.ts";
import { createHttpAsk } from "./http-ask.ts";
import { createHttpOpen } from "./http-stream.ts";
import { createOpenBlob } from "./open-blob.ts";
import type { RowExpressions, SourceDeps } from "./source-deps.ts";

export type SourceDepsOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly identity: TokenCredential;
  readonly expressions: RowExpressions;
  /** The innermost one. It holds connections: one for all that the process opens. */
  readonly transport: Transport;
  /** Address of an account's blob service, where it is not the usual one. */
  readonly blobEndpointOf?: (account: string) => string;
};

/** HR systems build large reports while one waits. */
const timeoutMs = 5 * 60_000;
const maxAttempts = 5;
/** A file that stands still for so long will not go on. */
const idleMs = 60_000;

/** Opens nothing before it is used. The memory of a source is added for each source. */
export function createSourceDeps(options: SourceDepsOptions): Omit<SourceDeps, "memory"> {
  const { clock, log, secrets, identity, expressions, transport } = options;
  const budget = createRetryBudget();
  const wrap = (inner: Transport): Transport => {
    const timed = withTimeout(withLog(inner, { log, now: () => clock.now() }), { timeoutMs });
    return withRetry(timed, { strategy: httpRetryStrategy, clock, random: Math.random, budget, log, maxAttempts });
  };
  return {
    expressions,
    clock,
    secrets,
    openBlob: createOpenBlob(identity, options.blobEndpointOf),
    httpAsk: createHttpAsk(wrap(transport)),
    httpOpen: createHttpOpen({ wrap, idleMs }),
    getToken: (scope, signal) => tokenOf(identity, scope, signal),
  };
}

/** The credential keeps tokens by itself. @throws SECRET_UNAVAILABLE, ABORTED */
export async function tokenOf(identity: TokenCredential, scope: string, signal: AbortSignal): Promise<string> {
  try {
    const token = await identity.getToken(scope, { abortSignal: signal });
    if (token !== null) return token.token;
  } catch (error) {
    throw signal.aborted ? abortedError() : noToken(scope, error);
  }
  throw noToken(scope);
}

function noToken(scope: string, cause?: unknown): AppError {
  return new AppError(
    "SECRET_UNAVAILABLE",
    `Cannot get a token for "${scope}": the managed identity gave none, expected one; check that the app has an identity with rights there`,
    { cause },
  );
}
