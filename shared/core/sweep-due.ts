// Which subscriptions a sweep has looked at. Events do the ordinary work: the sweep is for what they lost, and for what
// only time brings. It may look once too often, never once too seldom.
import { warningIsDue } from "./access.ts";
import type { Subscription } from "./directory.ts";
import { type ErrorCode, errorCodes } from "./errors.ts";
import { dueOfQuestion } from "./question.ts";
import type { RequestRecord } from "./request.ts";
import { createdAtOf, phaseOf } from "./request-view.ts";

const minuteMs = 60_000;

/** So long the event has, and whoever looks because of it. */
const graceMs = 2 * minuteMs;
/** What stands in the way of an answer is looked at again after so long. */
const hinderedMs = 60 * minuteMs;

/** What the installation lacks meets every request alike: once somebody has mended it, all of them go on by themselves. */
const ofInstallation: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "SECRET_MALFORMED",
  "APIM_UNAUTHORIZED",
  "APIM_FORBIDDEN",
  // Rules that cannot be read.
  "CONFIG_INVALID",
]);

/** How long after a failure the sweep takes the request up again; what trying again cannot mend waits for a person. */
function waitAfter(code: ErrorCode): number {
  if (errorCodes[code].retryable) return graceMs;
  return ofInstallation.has(code) ? hinderedMs : Number.POSITIVE_INFINITY;
}

/** A subscription that is submitted now, with its record. */
export function submittedIsDue(subscription: Subscription, record: RequestRecord | undefined, now: number): boolean {
  if (record === undefined) return now - (createdAtOf(subscription) ?? 0) >= graceMs;
  const phase = phaseOf(record);
  // People have been asked: time tells what is due, not the state.
  if (phase === "asked") return false;
  return now - record.updatedAt >= (phase === "closed" ? hinderedMs : graceMs);
}

/** A record that is open, whatever its subscription's state is. `submitted` says that the sweep saw it submitted. */
export function openIsDue(record: RequestRecord, submitted: boolean, now: number): boolean {
  const { status, error, question, review, claim } = record;
  // Somebody is at it.
  if (claim !== undefined && claim.until > now) return false;
  if (status === "failed") return error === undefined || now - record.updatedAt >= waitAfter(error.code);
  if (status === "asked" && question !== undefined && dueOfQuestion(question, now) !== "nothing") return true;
  if (status === "asked" && (submitted || review !== undefined)) return false;
  return now - record.updatedAt >= graceMs;
}

/** Access that Rollcall granted: whether its end, or the warning before it, has come. */
export function accessIsDue({ expiresAt }: Subscription, record: RequestRecord | undefined, now: number): boolean {
  const { access } = record ?? {};
  if (access?.until === undefined || expiresAt === undefined) return false;
  return expiresAt <= now || warningIsDue(access, expiresAt, now);
}
