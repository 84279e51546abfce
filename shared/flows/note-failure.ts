// What the queue gives up stands in the record of the request.
import type { AppError } from "../core/errors.ts";
import type { RequestRecord } from "../core/request.ts";
import type { RequestMessage } from "../request-ports.ts";
import type { ApprovalWorld } from "./approval-world.ts";
import { viaOf } from "./look.ts";

/** The page shows what failed; the sweep takes it up again where trying may help, a person where not.
 * @throws STORE_UNAVAILABLE, ABORTED */
export async function noteFailure(
  message: RequestMessage,
  error: AppError,
  { requests, clock, signal }: Pick<ApprovalWorld, "requests" | "clock"> & { readonly signal: AbortSignal },
): Promise<void> {
  const now = clock.now();
  const { target, subscription } = message;
  const found = await requests.getRequest(target, subscription, signal);
  const base: RequestRecord = found?.value ?? {
    target,
    subscription,
    round: 1,
    status: "new",
    via: viaOf(message),
    firstSeenAt: now,
    updatedAt: now,
  };
  const failed: RequestRecord = {
    ...base,
    // What is over stays over: only that something about it failed is new.
    status: base.status === "answered" || base.status === "closed" ? base.status : "failed",
    updatedAt: now,
    error: { code: error.code, message: error.message, at: now },
  };
  await requests.putRequest(failed, found?.version, signal);
}
