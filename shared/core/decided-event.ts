// What a machine is told about a decision: ids, the answer and the name of the rule. No name, no address and no fact of
// HR, so that it can go to any receiver of the webhook.

import type { Answer, RequestRecord } from "./request.ts";
import type { NoticeText } from "./request-notices.ts";
import { whoDecided } from "./state-comment.ts";

export type DecidedEvent = {
  /** The same for the same decision, however often it is told. */
  readonly id: string;
  /** `expired`: granted access whose time is over. */
  readonly answer: "approved" | "rejected" | "expired";
  /** Name of the rule, or `person`, `final` (nobody answered in time), `unapproved`, `end` (the end of its time). */
  readonly rule: string;
  /** 1 for the first request under the subscription's id. */
  readonly round: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Id of the product. */
  readonly product?: string;
  /** User id of the owner. */
  readonly user?: string;
  /** What the developer is told with it. */
  readonly comment?: string;
};

/** An event that could not be told yet, and when that was tried first, epoch milliseconds. */
export type Telling = { readonly event: DecidedEvent; readonly since: number };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** So long a receiver may be out of reach before somebody has to look at it. */
const longestMs = 72 * hourMs;

const answers = ["approved", "rejected", "expired"] as const;
const optional = ["product", "user", "comment"] as const;

/** The id of what became of one round of a request. */
export function decisionId({ target, subscription, round }: RequestRecord, what: string): string {
  return [target, subscription, round, "decided", what].join("/");
}

function eventOf(
  request: RequestRecord,
  what: string,
  decided: Pick<DecidedEvent, "answer" | "rule" | "at" | "comment">,
): DecidedEvent {
  const { round, productId, ownerId } = request;
  return {
    id: decisionId(request, what),
    ...decided,
    round,
    ...(productId !== undefined && { product: productId }),
    ...(ownerId !== undefined && { user: ownerId }),
  };
}

/** A recorded answer. */
export function answeredEvent(request: RequestRecord, { answer, rule, at, comment }: Answer): DecidedEvent {
  const verb = answer === "approve" ? "approved" : "rejected";
  // A review answers anew in the same round: the instant tells the answers apart.
  return eventOf(request, String(at), { answer: verb, rule, at, ...(comment !== undefined && { comment }) });
}

/** Access whose time was over at `until`. */
export function expiredEvent(request: RequestRecord, until: number): DecidedEvent {
  return eventOf(request, "expired", { answer: "expired", rule: "end", at: until });
}

/** The event as a sentence. */
export function eventText({ id, answer, rule, product, comment }: DecidedEvent, subscription: string): NoticeText {
  const what = product === undefined ? "a product" : `the product ${product}`;
  const how = answer === "expired" ? "ended at the end of its time" : `was ${answer} ${whoDecided({ rule })}`;
  return {
    id,
    subject: `Subscription ${subscription}: ${answer}`,
    lines: [
      `Access of the subscription ${subscription} to ${what} ${how}.`,
      ...(comment === undefined ? [] : [`Comment: ${comment}`]),
    ],
  };
}

/** The event in a message of the queue; undefined where there is none that can be told. */
export function readTelling(value: unknown): Telling | undefined {
  if (typeof value !== "object" || value === null || !("event" in value) || !("since" in value)) return undefined;
  const event = readEvent(value.event);
  return event === undefined || typeof value.since !== "number" ? undefined : { event, since: value.since };
}

function readEvent(value: unknown): DecidedEvent | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const field = (name: string): unknown => Reflect.get(value, name);
  const answer = answers.find((known) => known === field("answer"));
  const [id, rule, round, at] = ["id", "rule", "round", "at"].map(field);
  if (answer === undefined || typeof id !== "string" || typeof rule !== "string") return undefined;
  if (typeof round !== "number" || typeof at !== "number") return undefined;
  const texts = optional.flatMap((name) => {
    const text = field(name);
    return typeof text === "string" ? [[name, text]] : [];
  });
  return { id, answer, rule, round, at, ...Object.fromEntries(texts) };
}

/** Seconds until it is told again after it could not be: a minute at first, an hour in the end. Undefined: it was tried
 * for three days. */
export function secondsToNextTelling({ since }: Pick<Telling, "since">, now: number): number | undefined {
  const age = now - since;
  return age > longestMs ? undefined : Math.ceil(Math.min(hourMs, Math.max(minuteMs, age)) / 1000);
}
