// A message of the run queue → one slice of the run that it names.
import type { App } from "../app.ts";
import { AppError } from "../core/errors.ts";
import { inFlightMs } from "../core/slice-end.ts";
import { runSlice } from "../flows/run-slice.ts";
import type { Log } from "../ports.ts";

/** `maxDequeueCount` of host.json: after this try the host puts the message on the poison queue. */
export const lastDequeueCount = 5;

function runIdOf(message: unknown): string | undefined {
  const value = parseMessage(message);
  return typeof value === "object" && value !== null && "runId" in value && typeof value.runId === "string"
    ? value.runId
    : undefined;
}

/** The host hands on JSON as a value, and anything else as text. */
export function parseMessage(message: unknown): unknown {
  if (typeof message !== "string") return message;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

/** Runs the slice. @throws what makes the host try again, or put the message on the poison queue */
export async function takeMessage(
  taken: { readonly message: unknown; readonly dequeueCount: number },
  app: App,
  log: Log,
): Promise<void> {
  const runId = runIdOf(taken.message);
  if (runId === undefined)
    throw new AppError("BUG", 'Cannot take the message of the run queue: it names no run, expected {"runId": "…"}');
  const sliceMs = app.settings.sliceSeconds * 1000;
  const signal = AbortSignal.timeout(sliceMs + inFlightMs);
  const result = await runSlice(
    runId,
    await app.world(log),
    { sliceMs, lastAttempt: taken.dequeueCount >= lastDequeueCount },
    signal,
  );
  if (result.status === "unknown") log.warn("run.unknown", { runId });
}
