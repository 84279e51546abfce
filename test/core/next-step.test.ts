// The next step about a subscription, for every state against every record.
import { describe, expect, it } from "vitest";
import type { Product, Subscription, SubscriptionState, User } from "../../shared/core/directory.ts";
import { nextStep } from "../../shared/core/next-step.ts";
import type { Answer, Question, RequestOutcomeCode, RequestRecord } from "../../shared/core/request.ts";
import { type Gathered, isOver, phaseOf, type View } from "../../shared/core/request-view.ts";
import { answerLine } from "../../shared/core/state-comment.ts";
import { aRequest } from "../helpers/request-records.ts";

const now = Date.UTC(2026, 4, 14, 9);
const day = 86_400_000;
const createdDate = "2026-05-01T08:00:00Z";
const approved: Answer = { answer: "approve", rule: "payments-team", at: now - day };
const rejected: Answer = { answer: "reject", rule: "strangers", at: now - day };
const user: User = {
  id: "rc-1",
  firstName: "A",
  lastName: "B",
  email: "a@contoso.com",
  state: "active",
  note: "",
  identities: [],
  groups: [],
};
const product: Product = {
  id: "payments-api",
  displayName: "Payments API",
  state: "published",
  approvalRequired: true,
  groups: [],
};
const gathered: Gathered = { user, product };
const question: Question = {
  askedAt: now,
  approvers: [{ address: "o@contoso.com", role: "owner", nonce: "n", sentAt: now }],
  finalAt: now + 14 * day,
  finalAnswer: "reject",
  rule: "default",
};

function subscription(state: SubscriptionState, fields: Partial<Subscription> = {}): Subscription {
  return {
    id: "s1",
    displayName: "S",
    ownerId: "rc-1",
    scope: "/products/payments-api",
    productId: "payments-api",
    state,
    stateComment: "",
    createdDate,
    ...fields,
  };
}

function record(fields: Partial<RequestRecord>): RequestRecord {
  return aRequest("s1", {
    ownerId: "RC-1",
    productId: "payments-api",
    createdAt: Date.parse(createdDate),
    ...fields,
  });
}

function closed(code: RequestOutcomeCode, at = now): RequestRecord {
  return record({ status: "closed", outcome: { code, text: "", at } });
}

function stepOf(read: Subscription | undefined, known?: RequestRecord, more: Partial<View> = {}) {
  const view = { now, owner: "contoso-platform", subscription: read, record: known, deep: false, baselineTaken: true };
  return nextStep({ ...view, gathered, ...more });
}

function kindOf(...args: Parameters<typeof stepOf>): string {
  const step = stepOf(...args);
  return step.kind === "close" ? `close ${step.outcome.code}` : step.kind;
}

const granted = record({
  status: "answered",
  answer: approved,
  outcome: { code: "approved", text: "", at: now },
  access: { until: now + 30 * day, warnDays: 14 },
});
const written = (answer: Answer): Partial<Subscription> => ({ stateComment: `mine\n${answerLine(answer)}` });

describe("a submitted subscription", () => {
  it("is decided once owner and product were read", () => {
    const view = { now, owner: "o", subscription: subscription("submitted"), record: undefined, deep: false };
    expect(nextStep({ ...view, baselineTaken: false }).kind).toBe("gather");
    expect(stepOf(subscription("submitted"))).toEqual({ kind: "decide", round: 1 });
  });

  it.each([
    ["one that nobody looked at", record({ status: "new", round: 3 }), 3],
    ["one that failed before it was decided", record({ status: "failed", round: 3 }), 3],
    ["one without owner in the record", aRequest("s1", { round: 3 }), 3],
    ["an answered one, which was submitted again", record({ ...granted, round: 3 }), 4],
    ["a rejected one", record({ status: "answered", answer: rejected, round: 3 }), 4],
    ["a closed one", { ...closed("withdrawn"), round: 3 }, 4],
    ["another owner's", record({ status: "asked", question, ownerId: "rc-2", round: 3 }), 4],
    ["another product's", record({ status: "asked", question, productId: "other", round: 3 }), 4],
    ["an older subscription of the same id", record({ status: "asked", question, createdAt: 5, round: 3 }), 4],
    ["a review of access", record({ status: "asked", question, review: "changed", round: 3 }), 4],
  ])("is decided anew after %s", (_, known, round) => {
    expect(stepOf(subscription("submitted"), known)).toEqual({ kind: "decide", round });
  });

  it("passes on while somebody who was asked is away, unless its time is over", () => {
    const known = record({ status: "asked", question });
    const away = { approversAway: true };
    expect(kindOf(subscription("submitted"), known, away)).toBe("passOn");
    expect(kindOf(subscription("submitted"), known, { ...away, now: question.finalAt })).toBe("finalAnswer");
    expect(kindOf(subscription("active"), { ...known, review: "changed" }, away)).toBe("passOn");
  });

  it("is another request where the recorded answer was written already", () => {
    const known = record({ status: "decided", answer: approved });
    expect(kindOf(subscription("submitted"), known)).toBe("write");
    expect(stepOf(subscription("submitted", written(approved)), known)).toEqual({ kind: "decide", round: 2 });
  });

  it("is never decided without an owner or a product", () => {
    const { ownerId: _, ...ownerless } = subscription("submitted");
    const { productId: __, ...all } = subscription("submitted", { scope: "/apis" });
    expect(kindOf(ownerless)).toBe("close ownerMissing");
    expect(kindOf(all)).toBe("close notOurs");
    expect(kindOf(ownerless, closed("ownerMissing"))).toBe("nothing");
    expect(kindOf(all, closed("notOurs"))).toBe("nothing");
  });

  it.each<[string, Gathered, string]>([
    ["ownerMissing", { user: undefined, product }, "the account is gone"],
    ["ownerMissing", { user: { ...user, state: "deleted" }, product }, "the account is closed"],
    ["ownerProtected", { user, product, isProtected: true }, "the rules protect the account"],
    ["ownerBlocked", { user: { ...user, state: "blocked" }, product }, "the account is blocked"],
    ["productMissing", { user, product: undefined }, "the product is gone"],
    ["productUnpublished", { user, product: { ...product, state: "notPublished" } }, "the product is not published"],
  ])("is closed with %s, once, while %s", (code, met, _) => {
    const read = subscription("submitted");
    expect(kindOf(read, undefined, { gathered: met })).toBe(`close ${code}`);
    expect(kindOf(read, record({ status: "asked", question }), { gathered: met })).toBe(`close ${code}`);
    expect(kindOf(read, record({ status: "decided", answer: approved }), { gathered: met })).toBe(`close ${code}`);
    expect(kindOf(read, closed(code as RequestOutcomeCode), { gathered: met })).toBe("nothing");
    expect(kindOf(read, closed(code as RequestOutcomeCode))).toBe("decide");
  });

  it("names no product that is not there by its own id", () => {
    const { productId: _, ...none } = subscription("submitted");
    expect(stepOf({ ...none, productId: "p" }, undefined, { gathered: { user, product: undefined } })).toMatchObject({
      outcome: { text: 'The product "p" is not there' },
    });
  });

  it("gets the recorded answer; a refusal needs nobody else to be read", () => {
    const read = subscription("submitted");
    const view = { now, owner: "o", subscription: read, deep: false, baselineTaken: false };
    expect(kindOf(read, record({ status: "decided", answer: approved }))).toBe("write");
    expect(nextStep({ ...view, record: record({ status: "decided", answer: rejected }) }).kind).toBe("write");
    expect(nextStep({ ...view, record: record({ status: "decided", answer: approved }) }).kind).toBe("gather");
    expect(kindOf(read, record({ status: "failed", answer: approved }))).toBe("write");
  });

  it("is tried again a day after the product's limit was reached", () => {
    const limited = (at: number) => ({ ...closed("limitReached"), answer: approved, updatedAt: at });
    expect(kindOf(subscription("submitted"), limited(now - day + 1))).toBe("nothing");
    expect(kindOf(subscription("submitted"), limited(now - day))).toBe("write");
    const { outcome: _, ...noOutcome } = limited(now);
    expect(kindOf(subscription("submitted"), noOutcome)).toBe("decide");
  });

  it.each<[string, Partial<Question>]>([
    ["nothing", {}],
    ["send", { approvers: [{ address: "o", role: "owner", nonce: "n", sentAt: 0 }] }],
    ["nothing", { remindAt: now + 1, escalateAt: now + 1 }],
    ["escalate", { remindAt: now, escalateAt: now }],
    ["escalate", { escalateAt: now, approvers: [{ address: "o", role: "owner", nonce: "n", sentAt: 0 }] }],
    ["nothing", { escalateAt: now, escalatedAt: now }],
    ["choose", { approvers: [] }],
    [
      "choose",
      { escalateAt: now, approvers: [{ address: "o", role: "owner", nonce: "n", sentAt: 0, refusedAt: now }] },
    ],
    ["finalAnswer", { finalAt: now, approvers: [] }],
    ["finalAnswer", { finalAt: now, approvers: [{ address: "o", role: "owner", nonce: "n", sentAt: 0 }] }],
  ])("asked about: %s", (kind, fields) => {
    expect(kindOf(subscription("submitted"), record({ status: "asked", question: { ...question, ...fields } }))).toBe(
      kind,
    );
    expect(kindOf(subscription("submitted"), record({ status: "failed", question: { ...question, ...fields } }))).toBe(
      kind,
    );
  });
});

describe("an active subscription", () => {
  it.each([
    ["new", record({})],
    ["asked", record({ status: "asked", question })],
    ["decided otherwise", record({ status: "decided", answer: rejected })],
    ["decided, but written by somebody else", record({ status: "decided", answer: approved })],
    ["closed because the product was not published", closed("productUnpublished")],
    ["a review without a question", record({ status: "asked", question, productId: "p" })],
  ])("was answered elsewhere where the record is %s", (_, known) => {
    expect(kindOf(subscription("active"), known)).toBe("close answeredElsewhere");
  });

  it("settles an answer that was written", () => {
    const known = record({ status: "decided", answer: approved });
    expect(kindOf(subscription("active", written(approved)), known)).toBe("settle");
  });

  it.each(["answeredElsewhere", "baseline", "unapproved"] as const)("is nothing new after %s", (code) => {
    expect(kindOf(subscription("active"), closed(code))).toBe("nothing");
  });

  it.each([
    ["refused", record({ status: "answered", answer: rejected })],
    ["refused in a review", record({ status: "answered", answer: rejected, review: "unapproved" })],
    ["expired", closed("expired")],
    ["withdrawn", closed("withdrawn")],
  ])("is one that nobody approved where it was %s and is active again, by the sweep alone", (_, known) => {
    const read = subscription("active");
    const { ownerId: __, ...ownerless } = read;
    const view = { now, owner: "o", subscription: read, record: known, deep: true, baselineTaken: true };
    expect(kindOf(read, known)).toBe("nothing");
    expect(kindOf(read, known, { deep: true, baselineTaken: false })).toBe("nothing");
    expect(nextStep(view).kind).toBe("gather");
    expect(kindOf(read, known, { deep: true })).toBe("unapproved");
    const open = { user, product: { ...product, approvalRequired: false } };
    expect(kindOf(read, known, { deep: true, gathered: open })).toBe("close answeredElsewhere");
    expect(kindOf(read, known, { deep: true, gathered: { user, product: undefined } })).toBe("close answeredElsewhere");
    if (known.ownerId !== undefined) expect(kindOf(ownerless, known, { deep: true })).toBe("close answeredElsewhere");
  });

  it("is reported after all where a look died while it reported that nobody had approved it", () => {
    const found = record({ review: "unapproved" });
    expect(kindOf(subscription("active"), found)).toBe("nothing");
    expect(kindOf(subscription("active"), found, { deep: true })).toBe("unapproved");
    expect(kindOf(subscription("suspended"), found)).toBe("close answeredElsewhere");
  });

  it("is looked at for approval by the sweep alone, after the baseline, with owner and product", () => {
    const read = subscription("active");
    const { ownerId: _, ...ownerless } = read;
    const { gathered: __, ...unread } = { deep: true, gathered: undefined };
    expect(kindOf(read)).toBe("nothing");
    expect(kindOf(read, undefined, { deep: true, baselineTaken: false })).toBe("nothing");
    expect(kindOf(ownerless, undefined, { deep: true })).toBe("nothing");
    expect(
      nextStep({ now, owner: "o", subscription: read, record: undefined, baselineTaken: true, ...unread }).kind,
    ).toBe("gather");
    expect(kindOf(read, undefined, { deep: true })).toBe("unapproved");
    expect(kindOf(read, undefined, { deep: true, gathered: { ...gathered, isProtected: true } })).toBe("nothing");
    const open = { user, product: { ...product, approvalRequired: false } };
    expect(kindOf(read, undefined, { deep: true, gathered: open })).toBe("nothing");
  });

  it("is warned about once before its end, and ended at its end, as the service's date says", () => {
    const ends = (expiresAt: number, access = granted.access) =>
      kindOf(subscription("active", { expiresAt }), record({ ...granted, ...(access && { access }) }));
    expect(ends(now + 15 * day)).toBe("nothing");
    expect(ends(now + 14 * day)).toBe("warn");
    const warned = { warnDays: 14, until: now + 14 * day, warnedAt: now - 1 };
    expect(ends(now + 13 * day, warned)).toBe("nothing");
    expect(ends(now + 28 * day, warned)).toBe("nothing");
    expect(ends(now + 14 * day, { ...warned, warnedAt: now - 20 * day })).toBe("warn");
    expect(ends(now)).toBe("expire");
    expect(kindOf(subscription("active"), granted)).toBe("nothing");
    expect(ends(now, { warnDays: 14 })).toBe("nothing");
    const { access: _, ...endless } = granted;
    expect(kindOf(subscription("active", { expiresAt: now }), endless)).toBe("nothing");
  });

  it("is reviewed by the sweep where the owner changed", () => {
    const deep = { deep: true };
    const view = { now, owner: "o", subscription: subscription("active"), record: granted, baselineTaken: true };
    expect(nextStep({ ...view, ...deep }).kind).toBe("gather");
    expect(kindOf(subscription("active"), granted, deep)).toBe("nothing");
    const changed = { ...gathered, review: "changed" } as const;
    expect(kindOf(subscription("active"), granted, { ...deep, gathered: { ...changed, isProtected: true } })).toBe(
      "nothing",
    );
    expect(
      stepOf(subscription("active"), granted, { deep: true, gathered: { ...gathered, review: "changed" } }),
    ).toEqual({
      kind: "review",
      reason: "changed",
    });
  });

  it("goes through a review: asked, then written, then settled", () => {
    const review = { review: "changed" } as const;
    const asked = record({ status: "asked", question, ...review });
    const { question: _, ...nobody } = asked;
    expect(kindOf(subscription("active"), asked)).toBe("nothing");
    expect(kindOf(subscription("active"), { ...asked, question: { ...question, escalateAt: now } })).toBe("escalate");
    expect(kindOf(subscription("active"), nobody)).toBe("nothing");
    const refused = record({ status: "decided", answer: rejected, ...review });
    expect(kindOf(subscription("active"), refused)).toBe("write");
    expect(kindOf(subscription("suspended", written(rejected)), refused)).toBe("settle");
    expect(kindOf(subscription("suspended"), refused)).toBe("write");
    expect(kindOf(subscription("suspended"), asked)).toBe("nothing");
    expect(kindOf(subscription("cancelled"), asked)).toBe("close withdrawn");
  });

  it("ends, after a warning, while people are asked whether it may stay", () => {
    const { answer: _, outcome: __, ...rest } = granted;
    const asked = record({ ...rest, status: "asked", question, review: "ownerLeft" });
    const at = (expiresAt: number, known = asked, state: SubscriptionState = "active") =>
      kindOf(subscription(state, { expiresAt }), known);
    const due = (fields: Partial<Question>) => ({ ...asked, question: { ...question, ...fields } });
    expect(at(now)).toBe("expire");
    expect(at(now, due({ finalAt: now }))).toBe("expire");
    expect(at(now, asked, "suspended")).toBe("expire");
    expect(at(now - day, asked, "expired")).toBe("expire");
    expect(at(now + 14 * day)).toBe("warn");
    const remindable = question.approvers.map((each) => ({ ...each, sentAt: now - day }));
    expect(at(now + 14 * day, due({ remindAt: now, approvers: remindable }))).toBe("warn");
    expect(at(now + 14 * day, due({ finalAt: now }))).toBe("finalAnswer");
    expect(at(now + 14 * day, asked, "suspended")).toBe("nothing");
    expect(at(now + 15 * day, due({ remindAt: now, approvers: remindable }))).toBe("send");
    const { access: ___, ...ungranted } = asked;
    expect(at(now, ungranted)).toBe("nothing");
    expect(at(now, ungranted, "expired")).toBe("close withdrawn");
    const { question: ____, ...nobody } = asked;
    expect(at(now + 14 * day, nobody)).toBe("warn");
  });

  it("gets new keys where a leaver handed it over long enough ago", () => {
    const at = "2026-05-04T09%3A00%3A00Z";
    const keys = (stateComment: string, regenerateAfterDays = 10) =>
      kindOf(subscription("active", { stateComment }), undefined, { regenerateAfterDays });
    const mark = "rollcall/1 owner=contoso-platform key=rc-9";
    expect(keys(`${mark} transferred=${at}`)).toBe("regenerateKeys");
    expect(keys(`${mark} transferred=${at}`, 11)).toBe("nothing");
    expect(keys(mark)).toBe("nothing");
    expect(keys(`rollcall/1 owner=fabrikam key=rc-9 transferred=${at}`)).toBe("nothing");
    expect(keys("")).toBe("nothing");
  });
});

describe("a subscription that nobody can call with", () => {
  it.each<[SubscriptionState, string]>([
    ["cancelled", "close withdrawn"],
    ["expired", "close withdrawn"],
    ["rejected", "close answeredElsewhere"],
    ["suspended", "close answeredElsewhere"],
  ])("closes an open request when it is %s", (state, step) => {
    expect(kindOf(subscription(state), record({}))).toBe(step);
    expect(kindOf(subscription(state), record({ status: "asked", question }))).toBe(step);
    expect(kindOf(subscription(state), record({ status: "decided", answer: approved }))).toBe(step);
  });

  it("settles an answer that was written, whatever happened since", () => {
    expect(kindOf(subscription("rejected", written(rejected)), record({ status: "decided", answer: rejected }))).toBe(
      "settle",
    );
    expect(kindOf(subscription("suspended", written(approved)), record({ status: "decided", answer: approved }))).toBe(
      "settle",
    );
  });

  it("is over where access was granted, or ended", () => {
    expect(kindOf(subscription("cancelled"), granted)).toBe("close withdrawn");
    expect(stepOf(subscription("expired", { expiresAt: 5 }), granted)).toEqual({ kind: "expire", until: 5 });
    expect(stepOf(subscription("expired"), granted)).toEqual({ kind: "expire", until: now });
    expect(kindOf(subscription("suspended", { expiresAt: now }), granted)).toBe("expire");
    expect(kindOf(subscription("suspended", { expiresAt: now + 1 }), granted, { deep: true })).toBe("nothing");
  });

  it("is nothing new otherwise", () => {
    expect(kindOf(subscription("suspended"))).toBe("nothing");
    expect(kindOf(subscription("rejected"), record({ status: "answered", answer: rejected }))).toBe("nothing");
    expect(kindOf(subscription("cancelled"), closed("withdrawn"))).toBe("nothing");
  });
});

describe("a subscription that is gone", () => {
  it("withdraws what was open or granted, and nothing else", () => {
    expect(kindOf(undefined)).toBe("nothing");
    expect(kindOf(undefined, record({ status: "asked", question }))).toBe("close withdrawn");
    expect(kindOf(undefined, record({ status: "decided", answer: rejected }))).toBe("close withdrawn");
    expect(kindOf(undefined, granted)).toBe("close withdrawn");
    expect(kindOf(undefined, record({ status: "answered", answer: rejected }))).toBe("nothing");
    expect(kindOf(undefined, closed("withdrawn"))).toBe("nothing");
  });
});

describe("phaseOf()", () => {
  it("says where a failed record stood", () => {
    const failed = { status: "failed" } as const;
    expect(phaseOf(record(failed))).toBe("new");
    expect(phaseOf(record({ ...failed, question }))).toBe("asked");
    expect(phaseOf(record({ ...failed, question, answer: approved }))).toBe("decided");
    expect(phaseOf(record({ ...granted, ...failed }))).toBe("answered");
  });
});

describe("isOver()", () => {
  it("takes a request for over whose owner or product is gone from the subscription", () => {
    const { ownerId: _, ...ownerless } = subscription("submitted");
    expect(isOver(record({ status: "asked", question }), ownerless)).toBe(true);
    expect(isOver(record({ status: "asked", question }), subscription("submitted"))).toBe(false);
  });
});

describe("the instant of making", () => {
  it.each(["2026-05-01T08:00:00.4Z", "2026-05-01T08:00:00", ""])("is compared to the second: %s", (written) => {
    const read = subscription("submitted", { createdDate: written });
    expect(kindOf(read, record({ status: "asked", question }))).toBe("nothing");
  });

  it("need not be known", () => {
    expect(kindOf(subscription("submitted"), aRequest("s1", { status: "asked", question }))).toBe("nothing");
    const { createdDate: _, ...undated } = subscription("submitted");
    expect(kindOf(undated, record({ status: "asked", question }))).toBe("nothing");
  });
});
