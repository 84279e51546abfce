import { describe, expect, it } from "vitest";
import {
  answeredEvent,
  eventText,
  expiredEvent,
  readTelling,
  secondsToNextTelling,
} from "../../shared/core/decided-event.ts";
import { aRequest } from "../helpers/request-records.ts";

const at = Date.UTC(2026, 4, 14);
const { productId: _, ownerId: __, ...nameless } = aRequest("s1");
const request = { ...nameless, productId: "payments-api", ownerId: "rc-1", worker: "employee/1" };
const byRule = { answer: "approve", rule: "payments-team", at } as const;
const minuteMs = 60_000;

describe("the event of a decision", () => {
  it("holds ids, the answer and its rule, and nobody's name", () => {
    const byPerson = { answer: "reject", rule: "person", by: "boss@contoso.com", comment: "No", at } as const;

    expect(answeredEvent(request, byRule)).toEqual({
      id: `contoso/s1/1/decided/${at}`,
      answer: "approved",
      rule: "payments-team",
      round: 1,
      at,
      product: "payments-api",
      user: "rc-1",
    });
    expect(answeredEvent(nameless, byPerson)).toEqual({
      id: `contoso/s1/1/decided/${at}`,
      answer: "rejected",
      rule: "person",
      comment: "No",
      round: 1,
      at,
    });
    expect(expiredEvent(request, at)).toMatchObject({
      id: "contoso/s1/1/decided/expired",
      answer: "expired",
      rule: "end",
      at,
    });
  });

  it("has another id for another answer in the same round", () => {
    expect(answeredEvent(request, { ...byRule, at: at + 1 }).id).not.toBe(answeredEvent(request, byRule).id);
  });

  it("reads as a sentence", () => {
    expect(eventText(answeredEvent(request, { ...byRule, comment: "Welcome" }), "s1")).toEqual({
      id: `contoso/s1/1/decided/${at}`,
      subject: "Subscription s1: approved",
      lines: [
        'Access of the subscription s1 to the product payments-api was approved by the rule "payments-team".',
        "Comment: Welcome",
      ],
    });
    expect(eventText(expiredEvent(nameless, at), "s1").lines).toEqual([
      "Access of the subscription s1 to a product ended at the end of its time.",
    ]);
  });
});

describe("readTelling()", () => {
  const event = answeredEvent(request, { ...byRule, comment: "Welcome" });

  it("reads what the queue gives back, and drops what is no part of it", () => {
    const telling = { event, since: at };
    expect(readTelling(JSON.parse(JSON.stringify(telling)))).toEqual(telling);
    expect(readTelling({ event: { ...event, product: 1, more: "x" }, since: at })?.event).toEqual({
      ...answeredEvent(nameless, { ...byRule, comment: "Welcome" }),
      user: "rc-1",
    });
  });

  it.each([
    undefined,
    null,
    "text",
    {},
    { event },
    { event, since: "now" },
    { event: undefined, since: at },
    { event: null, since: at },
    { event: "text", since: at },
    ...[{ id: 1 }, { rule: 1 }, { round: "1" }, { at: "1" }, { answer: "maybe" }].map((wrong) => ({
      event: { ...event, ...wrong },
      since: at,
    })),
  ])("is none: %j", (value) => {
    expect(readTelling(value)).toBeUndefined();
  });
});

describe("secondsToNextTelling()", () => {
  it("waits a minute at first, then as long as it has been tried, an hour in the end, and gives up after three days", () => {
    const telling = { event: answeredEvent(request, byRule), since: at };
    const after = (minutes: number) => secondsToNextTelling(telling, at + minutes * minuteMs);

    expect([0, 1, 10, 60, 600, 72 * 60].map(after)).toEqual([60, 60, 600, 3600, 3600, 3600]);
    expect(after(72 * 60 + 1)).toBeUndefined();
  });
});
