// What the queue gives up stands in the record of the request.
import { type AppError, asAppError } from "../core/errors.ts";
import type { RequestRecord } from "../core/request.ts";
import type { RequestMessage } from "../request-ports.ts";
import type { ApprovalWorld } from "./approval-world.ts";
import { viaOf } from "./look.ts";

// Each try reads anew, so it fails only when somebody wrote in the moment between.
const mostTries = 10;

type World = Pick<ApprovalWorld, "requests" | "clock" | "log"> & { readonly signal: AbortSignal };

/** The page shows what failed; the sweep takes it up again where trying may help, a person where not. Where the record
 * cannot be written the log says so: the failure itself is what the caller has to pass on. */
export async function noteFailure(message: RequestMessage, error: AppError, world: World): Promise<void> {
  const { target, subscription } = message;
  const log = world.log.with({ target, subscription });
  try {
    for (let tried = 1; !(await writeFailure(message, error, world)); tried += 1) {
      if (tried < mostTries) continue;
      log.error("request.failure.unrecorded", { tried });
      return;
    }
  } catch (cause) {
    log.error("request.failure.unrecorded", { code: asAppError(cause).code });
  }
}

/** False: somebody wrote meanwhile. @throws STORE_UNAVAILABLE, ABORTED */
async function writeFailure(
  message: RequestMessage,
  error: AppError,
  { requests, clock, signal }: World,
): Promise<boolean> {
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
  return await requests.putRequest(failed, found?.version, signal);
}
