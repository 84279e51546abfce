// Sends a notice by the ways that have not had it. The ways are independent: mail, where it is configured, decides whether
// people were told, and the webhook's copy waits by itself.
import type { AppError } from "../core/errors.ts";
import { copyAfter, onlyWay, type Sent } from "../core/webhook-copy.ts";
import type { Notice, NoticeOutcome } from "../request-ports.ts";
import type { ApprovalWorld } from "./approval-world.ts";

export type Delivered = Sent & {
  /** Addressees that the mail server refused for good. */
  readonly refused: readonly string[];
  /** Why it was not told. */
  readonly error?: AppError;
};

function delivered({ sentBy, failed, refused }: NoticeOutcome, before: Sent, now: number): Delivered {
  const failureOf = (name: "mail" | "webhook") => failed.find(({ way }) => way === name)?.error;
  const hasMail = sentBy.includes("mail") || failureOf("mail") !== undefined;
  // Without mail the webhook decides, and its copy is the notice.
  const error = failureOf(hasMail ? "mail" : "webhook");
  if (!hasMail && !before.told) return { told: error === undefined, refused, ...(error !== undefined && { error }) };
  const isTried = sentBy.includes("webhook") || failureOf("webhook") !== undefined;
  const copy = isTried || before.told ? copyAfter(before.copy, failureOf("webhook") === undefined, now) : before.copy;
  return {
    told: before.told || error === undefined,
    refused,
    ...(copy !== undefined && { copy }),
    ...(error !== undefined && !before.told && { error }),
  };
}

/** @param before what earlier tries left, by the record
 * @throws ABORTED */
export async function deliver(
  notice: Notice,
  before: Sent,
  { notifier, clock, log }: Pick<ApprovalWorld, "notifier" | "clock" | "log">,
  signal: AbortSignal,
): Promise<Delivered> {
  const now = clock.now();
  const only = onlyWay(before, now);
  const outcome = await notifier.send(only === undefined ? notice : { ...notice, only }, signal);
  const after = delivered(outcome, before, now);
  const isGivenUp = outcome.failed.some(({ way }) => way === "webhook") && after.copy !== undefined;
  if (isGivenUp && after.copy?.nextAt === undefined) log.warn("notice.copy.givenUp", { kind: notice.kind });
  return after;
}
