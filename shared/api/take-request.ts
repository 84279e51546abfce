// A message of the request queue → one look at the subscription that it names, or a message for each that it names.
import { AppError } from "../core/errors.ts";
import { readQueued } from "../core/request-batch.ts";
import { lookAtRequest } from "../flows/look-at-request.ts";
import { spreadBatch } from "../flows/spread-batch.ts";
import { tellAgain } from "../flows/tell-decision.ts";
import type { Log } from "../ports.ts";
import { type ApprovalsApp, openApprovals } from "./open-approvals.ts";
import { lastDequeueCount, parseMessage } from "./take-message.ts";

/** Longer than a look takes, shorter than the host's limit. */
const lookMs = 120_000;

/** Looks, spreads a batch, or tells again of a decision. @throws what makes the host try again, or put the message on the poison queue */
export async function takeRequest(
  taken: { readonly message: unknown; readonly dequeueCount: number },
  app: ApprovalsApp,
  log: Log,
): Promise<void> {
  const queued = readQueued(parseMessage(taken.message));
  if (queued === undefined)
    throw new AppError(
      "BUG",
      'Cannot take the message of the request queue: it names no subscription, expected {"target": "…", "subscription": "…"} or "subscriptions" with a list',
    );
  const options = { lastAttempt: taken.dequeueCount >= lastDequeueCount };
  const signal = AbortSignal.timeout(lookMs);
  const world = await openApprovals(app, log);
  if ("batch" in queued) return spreadBatch(queued.batch, world, options, signal);
  const { telling, ...message } = queued.message;
  if (telling !== undefined) return tellAgain({ ...message, telling }, world, signal);
  const looked = await lookAtRequest(message, world, options, signal);
  if (looked === "noRules") log.warn("request.no.rules", { target: message.target });
}
