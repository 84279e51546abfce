import { describe, expect, it } from "vitest";
import { productFacts, requesterFacts, requestFacts, workerOf } from "../../shared/core/requester.ts";
import { aCalendar, anAccount, aPerson, aProduct, aUser, idOf, markOf, owner } from "../helpers/core-builders.ts";

const hour = 3_600_000;
const calendar = aCalendar();
const policy = { maxFactsAgeMs: 48 * hour, defaultTimeZone: "Europe/Stockholm" };
const known = { person: aPerson("1"), userId: idOf("1"), standing: "present", readAt: calendar.now - hour } as const;
const user = anAccount("1");

function result(changes: Partial<Parameters<typeof requesterFacts>[0]>) {
  return requesterFacts({ user, groups: ["developers", "payments"], known, ...changes }, owner, policy, calendar);
}

describe("requesterFacts()", () => {
  it("are what HR gives of the worker in the account's mark, the account's groups and the date there", () => {
    const person = aPerson("1", { timeZone: "Pacific/Pago_Pago", division: "" });

    expect(result({ known: { ...known, person } })).toEqual({
      ok: true,
      requester: {
        worker: "employee/1",
        user: user.id,
        groups: ["developers", "payments"],
        today: "2026-03-01",
        person: {
          employeeNumber: "1",
          numberSpace: "employee",
          worker: "employee/1",
          status: "active",
          givenName: "Given1",
          familyName: "Family1",
          email: "p1@contoso.com",
          department: "Payments",
          timeZone: "Pacific/Pago_Pago",
        },
      },
    });
  });

  it("hold nothing that cannot be read, and nothing of the profile", () => {
    const person = aPerson("1", { unreadable: ["department", "timeZone"], timeZone: "Pacific/Pago_Pago" });
    const profile = { ...user, firstName: "Boss", lastName: "Boss", email: "boss@contoso.com" };

    const facts = result({ user: profile, known: { ...known, person } });

    expect(facts).toMatchObject({ ok: true, requester: { today: "2026-03-02" } });
    expect(JSON.stringify(facts)).not.toMatch(/boss|department|Pago/i);
  });

  it.each([
    ["carries no mark", { user: aUser("u1") }, "notMarked"],
    [
      "carries another owner's mark",
      { user: aUser("u1", { note: "rollcall/1 owner=x space=employee key=1" }) },
      "notMarked",
    ],
    ["carries a broken mark", { user: aUser("u1", { note: `${markOf("1")}\n${markOf("2")}` }) }, "notMarked"],
    ["has a worker whom HR's last answer does not name", { known: undefined }, "notInRoster"],
    ["carries a mark that was copied from another account", { user: { ...user, id: "u1" } }, "otherAccount"],
    ["belongs to somebody who has left", { known: { ...known, standing: "leaver" } }, "left"],
    ["is known by an answer that is too old", { known: { ...known, readAt: calendar.now - 48 * hour - 1 } }, "tooOld"],
  ] as const)("are missing where the account %s", (_, changes, why) => {
    expect(result(changes)).toEqual({ ok: false, why });
  });

  it("take the derived account for the worker's where HR was last read before it was made", () => {
    const { userId: _, ...before } = known;

    expect(result({ known: before })).toMatchObject({ ok: true });
    expect(result({ known: before, user: { ...user, id: "u1" } })).toEqual({ ok: false, why: "otherAccount" });
  });

  it("do not tell capitals of the account's id apart", () => {
    expect(result({ user: { ...user, id: user.id.toUpperCase() } })).toMatchObject({ ok: true });
  });
});

describe("workerOf()", () => {
  it("is the worker of our mark, and nobody for any other account", () => {
    expect(workerOf(user, owner)).toBe("employee/1");
    expect(workerOf(aUser("u1"), owner)).toBeUndefined();
    expect(workerOf(user, "another")).toBeUndefined();
  });
});

describe("productFacts()", () => {
  it("are the service's, with the owners of the rules", () => {
    const product = { ...aProduct("p", ["developers"]), displayName: "P" };

    expect(productFacts("P", product, ["o@contoso.com"])).toEqual({
      id: "p",
      displayName: "P",
      published: true,
      approvalRequired: false,
      groups: ["developers"],
      owners: ["o@contoso.com"],
    });
  });

  it("of a product that is not there are those of one that nobody can use", () => {
    expect(productFacts("p", undefined, [])).toMatchObject({
      id: "p",
      published: false,
      approvalRequired: true,
      groups: [],
    });
  });
});

describe("requestFacts()", () => {
  const subscription = { id: "s1", displayName: "Mine" };

  it.each([
    ["2026-02-28T23:30:00.1234567Z", "2026-03-01"],
    ["2026-02-28T23:30:00", "2026-03-01"],
    ["yesterday", "2026-03-02"],
    [undefined, "2026-03-02"],
  ])("has for a subscription of %s the date %s", (createdDate, date) => {
    const facts = requestFacts({ ...subscription, ...(createdDate && { createdDate }) }, undefined, policy, calendar);

    expect(facts).toEqual({ subscription: "s1", name: "Mine", date });
  });

  it("has the date where the person works, if HR says where", () => {
    const createdDate = "2026-02-28T23:30:00Z";
    const person = aPerson("1", { timeZone: "Pacific/Pago_Pago" });
    const dateOf = (who: typeof person) => requestFacts({ ...subscription, createdDate }, who, policy, calendar).date;

    expect(dateOf(person)).toBe("2026-02-28");
    expect(dateOf({ ...person, unreadable: ["timeZone"] })).toBe("2026-03-01");
  });
});
