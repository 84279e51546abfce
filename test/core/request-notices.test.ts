import { describe, expect, it } from "vitest";
import type { Person } from "../../shared/core/person.ts";
import type { RequestRecord } from "../../shared/core/request.ts";
import {
  accessEndedNotice,
  accessEndsNotice,
  decidedNotice,
  leaverNotice,
  questionNotice,
  unapprovedNotice,
  whoAsks,
} from "../../shared/core/request-notices.ts";
import { aPerson, aRequest } from "../helpers/request-records.ts";

const at = Date.UTC(2026, 4, 14);
const person = aPerson(1, { familyName: "Lovelace" });
const about = { product: "Payments API", name: "For the app", person, account: undefined };
const question = { askedAt: 0, approvers: [], finalAt: at, finalAnswer: "approve", rule: "many-keys" } as const;
const asked = aRequest("s1", { question });

function nameless(fields: Partial<Person> = {}): Person {
  const { givenName: _, familyName: __, email: ___, ...rest } = person;
  return { ...rest, ...fields };
}

describe("whoAsks()", () => {
  it("names the person as HR does, or the account that HR does not know", () => {
    expect(whoAsks(about)).toBe("Ada Lovelace <ada.1@contoso.com>");
    expect(whoAsks({ ...about, person: nameless({ displayName: "Ada L" }) })).toBe("Ada L");
    expect(whoAsks({ ...about, person: nameless({ familyName: "Lovelace" }) })).toBe("Lovelace");
    expect(whoAsks({ ...about, person: undefined, account: "x@contoso.com" })).toBe(
      "x@contoso.com, whom HR does not know",
    );
    expect(whoAsks({ ...about, person: undefined })).toBe("Somebody");
  });
});

describe("questionNotice()", () => {
  const lines = (fields: Partial<RequestRecord>) => questionNotice({ ...asked, ...fields }, about, "ask", 0).lines;

  it("says who asks for what, why people are asked, and what stands without an answer", () => {
    expect(questionNotice(asked, about, "ask", 1)).toEqual({
      id: "contoso/s1/1/0/ask/1",
      subject: "Access to Payments API",
      lines: [
        "Ada Lovelace <ada.1@contoso.com> asks for access to Payments API.",
        "Subscription: For the app",
        'The rule "many-keys" leaves this request to you.',
        "Without an answer it is approved on 2026-05-14.",
      ],
    });
    expect(lines({ question: { ...question, finalAnswer: "reject", rule: "default" } })).toEqual(
      expect.arrayContaining(["No rule decides this request.", "Without an answer it is rejected on 2026-05-14."]),
    );
    const { question: _, ...none } = asked;
    expect(questionNotice(none, about, "ask", 0).lines).toHaveLength(3);
  });

  it("has another id for another question in the same round, of each kind", () => {
    const again = { ...asked, question: { ...question, askedAt: 1 } };
    const ids = (["ask", "remind", "escalate", "review"] as const).flatMap((kind) =>
      [asked, again].map((each) => questionNotice(each, about, kind, 0).id),
    );
    expect(new Set(ids).size).toBe(8);
  });

  it("has another id for whoever comes into the place of an approver", () => {
    const idFor = (nonce: string) => {
      const approvers = [{ address: "a@contoso.com", role: "owner", nonce, sentAt: 0 }] as const;
      return questionNotice({ ...asked, question: { ...question, approvers } }, about, "ask", 0).id;
    };
    expect(idFor("first-nonce")).toContain("/ask/first-no");
    expect(idFor("second-nonce")).not.toBe(idFor("first-nonce"));
  });

  it.each([
    ["changed", /HR changed/],
    ["ownerLeft", /has left/],
    ["unapproved", /nobody approved/],
  ] as const)("says why access is reviewed: %s", (review, text) => {
    expect(lines({ review }).join("\n")).toMatch(text);
    expect(lines({ review })[0]).toBe("Ada Lovelace <ada.1@contoso.com> has access to Payments API.");
  });

  it.each(["remind", "escalate", "review"] as const)("tells a %s by its subject and id", (kind) => {
    const notice = questionNotice(asked, about, kind, 0);
    expect(notice.subject).toMatch(/^[A-Z][a-z]+: access to Payments API$/);
    expect(notice.id).toBe(`contoso/s1/1/0/${kind}/0`);
  });
});

describe("decidedNotice()", () => {
  const answer = { answer: "approve", rule: "person", by: "boss@contoso.com", comment: "Fine", at } as const;

  it("says who or what decided", () => {
    expect(decidedNotice(asked, answer, about).lines).toEqual([
      "The request of Ada Lovelace <ada.1@contoso.com> for Payments API was approved by boss@contoso.com.",
      "Comment: Fine",
    ]);
    expect(decidedNotice(asked, answer, about).id).toBe(`contoso/s1/1/decided/${at}`);
    const final = { answer: "reject", rule: "final", at } as const;
    expect(decidedNotice(asked, final, about).lines).toEqual([
      "The request of Ada Lovelace <ada.1@contoso.com> for Payments API was rejected because nobody answered in time.",
    ]);
  });
});

describe("the notices about access", () => {
  it("have the same id for the same thing, and name the day", () => {
    expect(accessEndsNotice(asked, about, at)).toMatchObject({
      id: "contoso/s1/1/accessEnds/2026-05-14",
      subject: "Your access to Payments API ends on 2026-05-14",
    });
    expect(accessEndedNotice(asked, about, at).id).toBe("contoso/s1/1/accessEnded/2026-05-14");
    expect(unapprovedNotice(asked, about).lines).toContain(
      "Nothing was changed. Suspend it in API Management if it should not be there.",
    );
  });
});

describe("leaverNotice()", () => {
  const leaver = {
    target: "contoso",
    user: "rc-1",
    product: "payments-api",
    lastDay: "2026-05-31",
    handsOver: false,
  };

  it("names the last day, the keys and what becomes of them", () => {
    const one = leaverNotice(leaver, about, ["For the app"]);
    expect(one.id).toBe("contoso/rc-1/payments-api/leaver/2026-05-31");
    expect(one.subject).toBe("Payments API (payments-api): keys of somebody who leaves on 2026-05-31");
    expect(one.lines[0]).toContain("has a subscription to Payments API (payments-api): For the app.");
    expect(one.lines[1]).toContain("The keys stop working");
    const two = leaverNotice({ ...leaver, handsOver: true }, about, ["a", "b"]);
    expect(two.lines[0]).toContain("has 2 subscriptions to Payments API (payments-api): a, b.");
    expect(two.lines[1]).toContain("are handed over");
  });

  it.each(["", "payments-api"])("names the product by its id alone where its name is %j", (product) => {
    const { lines, id } = leaverNotice(leaver, { ...about, product }, ["a"]);

    expect(lines[0]).toContain("has a subscription to payments-api: a.");
    expect(id).toBe("contoso/rc-1/payments-api/leaver/2026-05-31");
  });
});
