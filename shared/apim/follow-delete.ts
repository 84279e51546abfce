// Deleting a user is a long-running operation since 2024-05-01: 202 with `Location`, and `Azure-AsyncOperation` beside it.
// https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
import { AppError } from "../core/errors.ts";
import { retryAfterMs } from "../http/retry-after.ts";
import type { HttpResponse } from "../http/transport.ts";
import type { Clock } from "../ports.ts";
import { unexpected } from "./errors.ts";
import type { Resource } from "./resource.ts";
import { parseJson } from "./wire.ts";

const pauseMs = 1000;
/** Azure Resource Manager's own operations on users end within seconds; this only stops waiting for ever. */
const longestMs = 15 * 60_000;

type Operation = { readonly address: string; readonly ended: (response: HttpResponse, action: string) => boolean };

/** Waits until the accepted delete has ended. The pause is what `Retry-After` says, else one second.
 * @throws TIMEOUT after 15 minutes, APIM_CONFLICT when the operation failed, and as `Resource.follow` */
export async function followDelete(
  resource: Resource,
  accepted: { readonly action: string; readonly response: HttpResponse },
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const { action } = accepted;
  const { address, ended } = operationOf(accepted.response, action);
  const giveUpAt = clock.now() + longestMs;
  let response = accepted.response;
  do {
    if (clock.now() >= giveUpAt) {
      throw new AppError(
        "TIMEOUT",
        `Cannot ${action}: the operation has not ended, expected its end within 15 minutes`,
      );
    }
    await clock.sleep(retryAfterMs(response.headers, clock.now()) ?? pauseMs, signal);
    response = await resource.follow({ action, address, query: {}, expect: [200, 202, 204, 404] }, signal);
  } while (!ended(response, action));
}

function operationOf(response: HttpResponse, action: string): Operation {
  const location = response.headers.get("location");
  if (location !== undefined) return { address: location, ended: ({ status }) => status !== 202 };
  const operation = response.headers.get("azure-asyncoperation");
  if (operation !== undefined) return { address: operation, ended: operationEnded };
  throw unexpected(action, "the accepted operation has no address, expected a Location");
}

function operationEnded(response: HttpResponse, action: string): boolean {
  // The record of an operation that is over may be gone.
  if (response.status === 404 || response.status === 204) return true;
  const body = response.body === "" ? {} : parseJson(response.body, action);
  const status = typeof body === "object" && body !== null && "status" in body ? String(body.status) : "InProgress";
  if (/^(failed|cancell?ed)$/i.test(status)) {
    throw new AppError("APIM_CONFLICT", `Cannot ${action}: the operation ended with "${status}", expected "Succeeded"`);
  }
  return /^succeeded$/i.test(status);
}
