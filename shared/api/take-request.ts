// A message of the request queue → one look at the subscription that it names.
import { AppError } from "../core/errors.ts";
import { lookAtRequest } from "../flows/look-at-request.ts";
import type { Log } from "../ports.ts";
import type { RequestMessage } from "../request-ports.ts";
import { type ApprovalsApp, openApprovals } from "./open-approvals.ts";
import { lastDequeueCount, parseMessage } from "./take-message.ts";

/** Longer than a look takes, shorter than the host's limit. */
const lookMs = 120_000;

function messageOf(message: unknown): RequestMessage | undefined {
  const value = parseMessage(message);
  if (typeof value !== "object" || value === null || !("target" in value) || !("subscription" in value))
    return undefined;
  const { target, subscription } = value;
  if (typeof target !== "string" || typeof subscription !== "string") return undefined;
  return { target, subscription, via: "via" in value && typeof value.via === "string" ? value.via : "event" };
}

/** Looks. @throws what makes the host try again, or put the message on the poison queue */
export async function takeRequest(
  taken: { readonly message: unknown; readonly dequeueCount: number },
  app: ApprovalsApp,
  log: Log,
): Promise<void> {
  const message = messageOf(taken.message);
  if (message === undefined)
    throw new AppError(
      "BUG",
      'Cannot take the message of the request queue: it names no subscription, expected {"target": "…", "subscription": "…"}',
    );
  const lastAttempt = taken.dequeueCount >= lastDequeueCount;
  const world = await openApprovals(app, log);
  const looked = await lookAtRequest(message, world, { lastAttempt }, AbortSignal.timeout(lookMs));
  if (looked === "noRules") log.warn("request.no.rules", { target: message.target });
}
