import { stoppedError } from "../storage/store-error.ts";

/** What a call of a storage account does by itself. @throws ABORTED */
export function checkSignal(signal: AbortSignal): void {
  if (signal.aborted) throw stoppedError("use the run store", signal.reason);
}
