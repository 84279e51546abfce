// Stopping: the error of a fired signal, and waiting that ends when the signal fires.
import { setMaxListeners } from "node:events";
import { AppError } from "../core/errors.ts";

/** The error of an operation that its caller stopped. */
export function abortedError(): AppError {
  return new AppError("ABORTED", "Cannot finish the operation: its caller stopped it");
}

/** @throws ABORTED when the signal has fired */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortedError();
}

// All requests of a run wait on one signal; Node takes more than ten listeners for a leak and says so. Once is enough.
const unlimited = new WeakSet<AbortSignal>();

/** Calls `stop` when the signal fires, unless the function that it gives back is called first. */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  if (!unlimited.has(signal)) {
    setMaxListeners(0, signal);
    unlimited.add(signal);
  }
  signal.addEventListener("abort", stop, { once: true });
  return () => signal.removeEventListener("abort", stop);
}

/** The promise's result, unless the signal fires first. @throws ABORTED */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    return Promise.reject(abortedError());
  }
  return new Promise<T>((resolve, reject) => {
    promise.then(resolve, reject).finally(onAbort(signal, () => reject(abortedError())));
  });
}
