// Who gets an account, and which one is adopted, seen through plan().
import { describe, expect, it } from "vitest";
import type { User } from "../../shared/core/directory.ts";
import type { Person } from "../../shared/core/person.ts";
import { aPerson, aPolicy, aRead, aUser, bystander, idOf, markOf } from "../helpers/core-builders.ts";
import { planFor } from "../helpers/core-plan.ts";

const fields1 = { firstName: "Given1", lastName: "Family1", email: "p1@contoso.com" };
const shared = [aPerson("1"), aPerson("2", { email: "p1@contoso.com" })];

describe("plan() for somebody at work without an account", () => {
  it("makes one under the worker's own id, and says which row asks for it", () => {
    const { changes, reasons, findings } = planFor([aPerson("1", { line: 5 })], []);

    expect(changes).toEqual([
      {
        kind: "createUser",
        key: idOf("1"),
        before: null,
        after: { ...fields1, worker: "employee/1" },
        because: "joiner",
      },
    ]);
    expect(reasons[0]).toEqual({
      code: "joiner",
      worker: "employee/1",
      source: "hr",
      line: 5,
      fields: ["status", "startDate"],
      text: "HR has the person at work, and there is no account yet",
    });
    expect(findings).toEqual([]);
  });

  it("makes none ahead with provision: existing, and reports it", () => {
    const policy = aPolicy({ lifecycle: { provision: "existing" } });

    expect(planFor([aPerson("1")], [], { policy })).toMatchObject({
      changes: [],
      findings: [["noAccount", "employee/1", undefined]],
    });
  });

  it("makes none over a foreign account that has the worker's id, however the service spells it", () => {
    const foreign = aUser(idOf("1").toUpperCase(), { note: "rollcall/1 owner=fabrikam" });

    expect(planFor([aPerson("1")], [foreign])).toMatchObject({
      changes: [],
      findings: [["idTaken", "employee/1", idOf("1")]],
    });
  });

  it("makes none for who is held, not yet at work, or a leaver", () => {
    const people = [
      aPerson("1", { status: "unknown" }),
      aPerson("2", { startDate: "2026-04-01" }),
      aPerson("3", { status: "ended" }),
      aPerson("4", { unreadable: ["department"] }),
    ];

    expect(planFor(people, []).changes).toEqual([]);
  });

  it("makes none for two workers who claim one address", () => {
    expect(planFor(shared, [])).toMatchObject({
      changes: [],
      findings: [
        ["sharedAddress", "employee/1", undefined],
        ["sharedAddress", "employee/2", undefined],
      ],
    });
  });

  it("makes none for contradicting rows", () => {
    const rows = [aPerson("1"), aPerson("1", { line: 3, department: "Ledger" })];

    expect(planFor(rows, []).changes).toEqual([]);
  });
});

describe("plan() for somebody at work whose address an unmarked account holds", () => {
  const stranger = aUser("u7", { firstName: "Given1", lastName: "Family1", email: "P1@Contoso.com" });

  it("adopts it when it is active and signs in only with the company, and shows it as an adoption", () => {
    const { firstName, lastName, email } = stranger;

    expect(planFor([aPerson("1")], [stranger])).toEqual({
      changes: [
        {
          kind: "adoptUser",
          key: "u7",
          before: { firstName, lastName, email, state: "active" },
          after: { firstName, lastName, email, worker: "employee/1" },
          because: "adopted",
        },
      ],
      findings: [],
      reasons: [expect.objectContaining({ worker: "employee/1", source: "hr", line: 2, fields: ["email"] })],
      texts: [],
    });
  });

  it("adopts and then updates it in one plan where HR has another name", () => {
    const other = { ...stranger, firstName: "Eva" };

    expect(planFor([aPerson("1")], [other]).changes.map(({ kind, key, after }) => [kind, key, after])).toEqual([
      ["adoptUser", "u7", { firstName: "Eva", lastName: "Family1", email: "P1@Contoso.com", worker: "employee/1" }],
      ["updateUser", "u7", { firstName: "Given1" }],
    ]);
  });

  it.each([
    ["is pending", { state: "pending" }],
    ["is blocked", { state: "blocked" }],
    ["is deleted", { state: "deleted" }],
    [
      "signs in with a password too",
      {
        identities: [
          { provider: "Aad", id: "1" },
          { provider: "Basic", id: "p1@contoso.com" },
        ],
      },
    ],
    ["has no identity", { identities: [] }],
    ["carries the mark of another owner", { note: "rollcall/1 owner=fabrikam space=employee key=1" }],
    ["carries a malformed mark", { note: "rollcall/1" }],
    ["is another worker's", { note: markOf("2") }],
  ] as const)("does not adopt one that %s, but reports the address as in use", (_what, fields) => {
    const { changes, findings } = planFor([aPerson("1"), bystander], [{ ...stranger, ...fields }], {
      reads: [{ ...aRead([aPerson("1")], { completeness: "incomplete" }) }],
    });

    expect(changes).toEqual([]);
    expect(findings).toContainEqual(["addressInUse", "employee/1", "u7"]);
  });

  it("does not adopt one that Rollcall made for another worker, also where nothing but its id says so", () => {
    const made = aUser(idOf("2").toUpperCase(), { email: "p1@contoso.com" });

    expect(planFor([aPerson("1")], [made])).toMatchObject({
      changes: [],
      findings: [["addressInUse", "employee/1", idOf("2").toUpperCase()]],
    });
  });

  it("adopts only by the providers that the rules name", () => {
    const google = { ...stranger, identities: [{ provider: "google", id: "1" }] };
    const policy = aPolicy({ lifecycle: { adoptIdentities: ["google"] } });

    expect(planFor([aPerson("1")], [google]).changes).toEqual([]);
    expect(planFor([aPerson("1")], [google], { policy }).changes).toMatchObject([{ kind: "adoptUser" }]);
  });

  it("adopts nothing with adopt: never", () => {
    const policy = aPolicy({ lifecycle: { adopt: "never" } });

    expect(planFor([aPerson("1")], [stranger], { policy })).toMatchObject({
      changes: [],
      findings: [["addressInUse", "employee/1", "u7"]],
    });
  });

  it("does not adopt one that holds the address only by an identity", () => {
    const other = aUser("u7", { email: "x@contoso.com", identities: [{ provider: "Aad", id: "p1@contoso.com" }] });

    expect(planFor([aPerson("1")], [other])).toMatchObject({
      changes: [],
      findings: [["addressInUse", "employee/1", "u7"]],
    });
  });

  it("does not adopt where a second account holds the address as well", () => {
    const second = aUser("u8", { identities: [{ provider: "Basic", id: "p1@contoso.com" }] });

    expect(planFor([aPerson("1")], [stranger, second]).changes).toEqual([]);
  });

  it("does not adopt a protected account, and names neither name nor address in its report", () => {
    const policy = aPolicy({ protect: ["u7"] });

    const { changes, texts } = planFor([aPerson("1")], [stranger], { policy });

    expect(changes).toEqual([]);
    expect(texts).toEqual(['The e-mail address is held by the account "u7", which is protected']);
  });

  it("says of whom an address is that is in use", () => {
    const text = (holder: User, people: readonly Person[] = [aPerson("1")]): string | undefined =>
      planFor(people, [holder], { reads: [aRead(people, { completeness: "incomplete" })] }).texts.find((one) =>
        one.startsWith("The e-mail"),
      );
    const start = 'The e-mail address is held by the account "u7", which ';

    expect(text(aUser("u7", { email: "p1@contoso.com", note: markOf("2") }))).toBe(
      `${start}is that of worker employee/2`,
    );
    expect(text(aUser("u7", { email: "p1@contoso.com", note: "rollcall/1" }))).toBe(
      `${start}belongs to another installation`,
    );
    expect(text(aUser("u7", { email: "p1@contoso.com", state: "pending" }))).toBe(
      `${start}is not Rollcall's (state pending, signs in by Aad)`,
    );
    expect(text(aUser("u7", { email: "p1@contoso.com", identities: [] }))).toBe(
      `${start}is not Rollcall's (state active, signs in by nothing)`,
    );
  });

  it("says so of an address that stands on a doubly marked account", () => {
    const users = [aUser("u7", { email: "p1@contoso.com", note: markOf("2") }), aUser("u8", { note: markOf("2") })];

    expect(planFor([aPerson("1")], users).texts).toContain(
      'The e-mail address is held by the account "u7", which is that of worker employee/2 and is not the only one or not only that worker\'s',
    );
  });
});
