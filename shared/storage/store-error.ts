// Turns what the storage clients throw into an `AppError`.
import { setMaxListeners } from "node:events";
import { hindranceOf, hindranceText } from "../core/before-answer.ts";
import { AppError } from "../core/errors.ts";

/** Does one call to the storage account. `what` completes the sentence "Cannot …".
 * @throws STORE_UNAVAILABLE, ABORTED when the signal fired */
export async function callStore<T>(what: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  // A page or a sweep makes dozens of calls under one signal; Node takes more than ten listeners for a leak and says so.
  setMaxListeners(0, signal);
  try {
    signal.throwIfAborted();
    return await call();
  } catch (error) {
    throw toStoreError(what, signal, error);
  }
}

/** The call's answer, or undefined when the service refused with one of these HTTP statuses. */
export async function unlessStatus<T>(statuses: readonly number[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    const status = statusOf(error);
    if (status !== undefined && statuses.includes(status)) return undefined;
    throw error;
  }
}

/** ABORTED for a caller that stopped the work. */
export function stoppedError(what: string, cause?: unknown): AppError {
  return new AppError("ABORTED", `Cannot ${what}: the work was stopped, start it again`, { cause });
}

/** The HTTP status that a storage client's error carries. */
export function statusOf(error: unknown): number | undefined {
  const status = property(error, "statusCode");
  return typeof status === "number" ? status : undefined;
}

function toStoreError(what: string, signal: AbortSignal, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (signal.aborted) return stoppedError(what, cause);
  const hindrance = hindranceOf(cause);
  if (hindrance !== undefined)
    return new AppError("STORE_UNAVAILABLE", `Cannot ${what}: ${hindranceText(hindrance, "the storage account")}`, {
      cause: withoutRequest(cause),
      context: { reason: hindrance.said },
    });
  const status = statusOf(cause);
  // Tables put the service's code elsewhere than blobs and queues.
  const code = property(property(property(cause, "details"), "odataError"), "code") ?? property(cause, "code");
  // The client's own sentence holds URLs with keys of rows in them, so only its code is repeated.
  const said = typeof code === "string" ? ` ${code}` : "";
  const sentence =
    status === undefined
      ? `no answer came from the storage account${said}, one was expected; check its name and the network`
      : `the storage account answered ${status}${said}, success was expected; ${advice(status)}`;
  return new AppError("STORE_UNAVAILABLE", `Cannot ${what}: ${sentence}`, {
    cause: withoutRequest(cause),
    context: { status },
  });
}

/** The same failure without the request that the storage clients hang on it: that holds the token and the rows. */
function withoutRequest(error: unknown): unknown {
  if (!(error instanceof Error) || property(error, "request") === undefined) return error;
  const { name, message, stack } = error;
  return Object.assign(new Error(message), { name, stack, code: property(error, "code"), statusCode: statusOf(error) });
}

function advice(status: number): string {
  if (status === 401 || status === 403) {
    return "give the app's identity the roles Storage Blob, Table and Queue Data Contributor, and look at the account's firewall";
  }
  return "try again, and look at the account's health when it stays so";
}

function property(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
}
