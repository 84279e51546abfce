// The webhook's copy of what people are told. Mail decides how a question goes on; where the webhook is out of reach its
// copy waits by itself, for a bounded time, and nobody gets another mail because of it.
import { secondsToNextTelling } from "./decided-event.ts";
import type { WebhookCopy } from "./request.ts";

/** What became of one notice: whether the way that decides took it, and where the webhook's copy stands. */
export type Sent = { readonly told: boolean; readonly copy?: WebhookCopy };

/** Whether a copy waits and its time has come. */
export function copyIsDue(copy: WebhookCopy | undefined, now: number): boolean {
  return copy?.nextAt !== undefined && copy.nextAt <= now;
}

/** Whether there is still something to send of a notice. */
export function isUnsent({ told, copy }: Sent, now: number): boolean {
  return !told || copyIsDue(copy, now);
}

/** The only way that a notice goes now; undefined for every one. */
export function onlyWay({ told, copy }: Sent, now: number): "mail" | "webhook" | undefined {
  if (told) return "webhook";
  return copy === undefined || copyIsDue(copy, now) ? undefined : "mail";
}

/** The copy after the webhook was tried. One that nobody took for three days is given up. */
export function copyAfter(before: WebhookCopy | undefined, took: boolean, now: number): WebhookCopy {
  const since = before?.since ?? now;
  const seconds = took ? undefined : secondsToNextTelling({ since }, now);
  return { since, ...(seconds !== undefined && { nextAt: now + seconds * 1000 }) };
}

/** What became of a notice, from where it was noted; not told where there is no note. */
export function readSent(value: unknown): Sent {
  const copy = field(value, "copy");
  const [since, nextAt] = [field(copy, "since"), field(copy, "nextAt")];
  return {
    told: field(value, "told") === true,
    ...(typeof since === "number" && { copy: { since, ...(typeof nextAt === "number" && { nextAt }) } }),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
