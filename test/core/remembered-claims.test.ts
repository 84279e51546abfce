import { describe, expect, it } from "vitest";
import { createLeftOut } from "../../shared/core/left-out.ts";
import type { PeopleRead, Person, SpacedRead } from "../../shared/core/person.ts";
import { areFresh, claimsBeside, isPartial, rememberClaims } from "../../shared/core/remembered-claims.ts";
import { resolveWorkers } from "../../shared/core/workers.ts";
import { aCalendar, aPerson, aPolicy, aRead, inDepartment, without } from "../helpers/core-builders.ts";

function part(partial: "worker" | "changes", fields: Partial<PeopleRead> = {}): SpacedRead {
  const { read, spaces } = aRead([]);
  return { read: { ...read, completeness: "incomplete", evidence: { ...read.evidence, partial }, ...fields }, spaces };
}

describe("remembered claims", () => {
  it("hold no address and no worker, and look different under another salt", () => {
    const claims = [["ada@contoso.com", "employee/1"]] as const;
    const [one, other] = [rememberClaims(claims, "run-1", 5), rememberClaims(claims, "run-2", 5)];

    expect(one).toEqual({ at: 5, salt: "run-1", claims: [expect.stringMatching(/^[\w-]{16}$/)] });
    expect(JSON.stringify(one)).not.toMatch(/ada|employee/);
    expect(other.claims).not.toEqual(one.claims);
  });

  it("keep a claim once, however many rows make it", () => {
    const claim = ["ada@contoso.com", "employee/1"] as const;

    expect(rememberClaims([claim, claim], "run-1", 5).claims).toHaveLength(1);
  });

  it("say of an address whether somebody else claims it", () => {
    const remembered = rememberClaims(
      [
        ["ada@contoso.com", "employee/1"],
        ["both@contoso.com", "employee/1"],
        ["both@contoso.com", "employee/2"],
      ],
      "run-1",
      5,
    );
    const others = claimsBeside([part("worker")], remembered);

    expect(others?.("ada@contoso.com", "employee/1")).toBe("nobody");
    expect(others?.("ada@contoso.com", "employee/2")).toBe("somebody");
    expect(others?.("both@contoso.com", "employee/1")).toBe("somebody");
    expect(others?.("new@contoso.com", "employee/1")).toBe("nobody");
  });

  it("matter only where some workers were read, and without any nothing is known", () => {
    expect(isPartial([aRead([]), part("changes")])).toBe(true);
    expect(claimsBeside([aRead([])], undefined)).toBeUndefined();
    expect(claimsBeside([part("worker")], undefined)?.("ada@contoso.com", "employee/1")).toBe("unknown");
  });

  it("are too old beside one worker when everybody was read before the instant that is asked for", () => {
    const remembered = rememberClaims([], "run-1", 100);

    expect(areFresh(remembered, [part("worker"), aRead([])], 100)).toBe(true);
    expect(areFresh(remembered, [part("worker"), aRead([])], 101)).toBe(false);
    expect(areFresh(remembered, [aRead([])], 101)).toBe(true);
  });

  it("are too old beside changes when they were made before the whole read from which those count", () => {
    const remembered = rememberClaims([], "run-1", 100);

    expect(areFresh(remembered, [part("changes", { changesSince: 100 })], 500)).toBe(true);
    expect(areFresh(remembered, [part("changes", { changesSince: 101 })], 0)).toBe(false);
  });
});

describe("the claims of workers", () => {
  const policy = aPolicy({ people: { scope: inDepartment("Payments"), scopeText: "payments" } });
  const outside = { department: "Ledger" };
  const people: readonly Person[] = [
    aPerson("1", { email: "Ada@contoso.com" }),
    aPerson("2", { status: "unknown" }),
    aPerson("3", { email: "ada@contoso.com" }),
    aPerson("4", { status: "ended" }),
    aPerson("5", { startDate: "2026-09-01" }),
    aPerson("6", outside),
    without(aPerson("7", outside), "email"),
    aPerson("8", { status: "ended", email: "old8@contoso.com" }),
    aPerson("8", outside),
    aPerson("9", { ...outside, email: "nine@contoso.com" }),
    aPerson("9", { line: 3 }),
  ];
  const expected = [
    ["ada@contoso.com", "employee/1"],
    ["ada@contoso.com", "employee/3"],
    ["nine@contoso.com", "employee/9"],
    ["old8@contoso.com", "employee/8"],
    ["p2@contoso.com", "employee/2"],
    ["p6@contoso.com", "employee/6"],
    ["p8@contoso.com", "employee/8"],
    ["p9@contoso.com", "employee/9"],
  ];
  const sorted = (claims: Iterable<readonly [string, string]>) => [...new Set([...claims].map(String))].sort();

  it("are those of all who are at work or may be, in scope or not", () => {
    expect(sorted(resolveWorkers(people, policy, aCalendar()).claims())).toEqual(expected.map(String));
  });

  it("are the same where rows were left out while reading", () => {
    const leftOut = createLeftOut("hr", { ...policy.people, scopeText: "payments" }, aCalendar());
    const kept = people.filter((person) => !leftOut.take(person));
    const ended = createLeftOut("past", { ...policy.people, scopeText: "payments" }, aCalendar());
    ended.take(aPerson("10", { status: "ended" }));
    const workers = resolveWorkers(kept, policy, aCalendar(), [leftOut.rows(), ended.rows()]);

    expect(kept).toHaveLength(5);
    expect(sorted(workers.claims())).toEqual(expected.map(String));
  });

  it("are none where nobody claims anything", () => {
    expect([...resolveWorkers([], policy, aCalendar(), []).claims()]).toEqual([]);
  });
});

describe("a read of some workers", () => {
  const resolve = (people: readonly Person[], others: "nobody" | "somebody" | "unknown") =>
    resolveWorkers(people, aPolicy({ people: { employments: "activeWins" } }), aCalendar(), [], () => others);

  it("gives to whoever alone has the address", () => {
    const { standings, findings } = resolve([aPerson("1")], "nobody");

    expect(standings.get("employee/1")).toMatchObject({ kind: "present", gives: true });
    expect(findings).toEqual([]);
  });

  it.each([
    ["somebody", "sharedAddress"],
    ["unknown", "addressUnproved"],
  ] as const)("gives nothing to whose address %s else may have, and reports it", (others, code) => {
    const { standings, findings } = resolve([aPerson("1"), aPerson("2", { status: "ended" })], others);

    expect(standings.get("employee/1")).toMatchObject({ kind: "present", gives: false });
    expect(standings.get("employee/2")).toMatchObject({ kind: "leaver", code: "leaverStated" });
    expect(findings.map((finding) => [finding.code, finding.worker])).toEqual([[code, "employee/1"]]);
  });

  it("asks about the addresses of all rows of a worker, and reports each worker once", () => {
    const rows = [aPerson("1"), aPerson("1", { email: "old1@contoso.com", status: "ended", line: 3 })];
    const asked: string[] = [];
    resolveWorkers(
      [...rows, without(aPerson("1", { line: 4, status: "ended" }), "email")],
      aPolicy({ people: { employments: "activeWins" } }),
      aCalendar(),
      [],
      (address, worker) => {
        asked.push(`${address} ${worker}`);
        return "nobody";
      },
    );
    const shared = aPerson("2", { email: "p1@contoso.com" });

    expect(asked).toEqual(["p1@contoso.com employee/1", "old1@contoso.com employee/1"]);
    expect(resolve([aPerson("1"), shared], "somebody").findings).toHaveLength(2);
  });
});
