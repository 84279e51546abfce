import { describe, expect, it } from "vitest";
import { createLeftOut } from "../../shared/core/left-out.ts";
import type { PeopleRead, Person, SpacedRead } from "../../shared/core/person.ts";
import { areFresh, besideReads, type Claim, isPartial, rememberClaims } from "../../shared/core/remembered-claims.ts";
import { resolveWorkers } from "../../shared/core/workers.ts";
import { aCalendar, aPerson, aPolicy, aRead, inDepartment, without } from "../helpers/core-builders.ts";

function part(partial: "worker" | "changes", fields: Partial<PeopleRead> = {}): SpacedRead {
  const { read, spaces } = aRead([]);
  return { read: { ...read, completeness: "incomplete", evidence: { ...read.evidence, partial }, ...fields }, spaces };
}

/** What a whole read with these claims shows. */
function remember(claims: readonly Claim[], salt: string, at: number, several: readonly Person[] = []) {
  const repeated = new Map(several.map((row) => [row.worker, [row]]));
  return rememberClaims({ claims, repeated, sharedOnly: false }, salt, at);
}

const brokenOff: SpacedRead = { ...aRead([], { completeness: "incomplete" }), spaces: "any" };

describe("remembered claims", () => {
  it("hold no address and no worker, and look different under another salt", () => {
    const claims = [["ada@contoso.com", "employee/1"]] as const;
    const [one, other] = [remember(claims, "run-1", 5), remember(claims, "run-2", 5)];

    expect(one).toEqual({ at: 5, salt: "run-1", claims: [expect.stringMatching(/^[\w-]{16}$/)], several: [] });
    expect(JSON.stringify(one)).not.toMatch(/ada|employee/);
    expect(other.claims).not.toEqual(one.claims);
  });

  it("keep a claim once, however many rows make it", () => {
    const claim = ["ada@contoso.com", "employee/1"] as const;

    expect(remember([claim, claim], "run-1", 5).claims).toHaveLength(1);
  });

  it("say of an address whether somebody else claims it", () => {
    const remembered = remember(
      [
        ["ada@contoso.com", "employee/1"],
        ["both@contoso.com", "employee/1"],
        ["both@contoso.com", "employee/2"],
      ],
      "run-1",
      5,
    );
    const others = besideReads([part("worker")], remembered)?.others;

    expect(others?.("ada@contoso.com", "employee/1")).toBe("nobody");
    expect(others?.("ada@contoso.com", "employee/2")).toBe("somebody");
    expect(others?.("both@contoso.com", "employee/1")).toBe("somebody");
    expect(others?.("new@contoso.com", "employee/1")).toBe("nobody");
  });

  it("matter only where some workers were read, and without any nothing is known", () => {
    expect(isPartial([aRead([]), part("changes")])).toBe(true);
    expect(besideReads([aRead([aPerson("1")])], remember([], "run-1", 5))).toBeUndefined();
    expect(besideReads([part("worker")], undefined)?.others("ada@contoso.com", "employee/1")).toBe("unknown");
  });

  it("matter beside a read that broke off as well, where there are any", () => {
    const remembered = remember([["both@contoso.com", "employee/2"]], "run-1", 5, [aPerson("7")]);
    const beside = besideReads([aRead([]), brokenOff], remembered);

    expect(besideReads([brokenOff], undefined)).toBeUndefined();
    expect(beside?.others("both@contoso.com", "employee/1")).toBe("somebody");
    expect(beside?.others("new@contoso.com", "employee/1")).toBe("nobody");
    expect([beside?.mayMissRows("employee/7"), beside?.mayMissRows("employee/1")]).toEqual([true, false]);
  });

  it("tell who may miss rows: whoever had several, one of them in a source of which not all came", () => {
    const remembered = remember([], "run-1", 5, [aPerson("7")]);
    const mayMiss = (reads: readonly SpacedRead[], known = remembered) =>
      besideReads(reads, known)?.mayMissRows("employee/7");
    const whole = aRead([aPerson("1")]);
    const other: SpacedRead = { ...brokenOff, read: { ...brokenOff.read, source: "agency" } };
    const { read } = part("worker");
    const halfAnswer: SpacedRead = { ...whole, read: { ...read, evidence: { ...read.evidence, brokeOff: true } } };

    expect(mayMiss([part("worker")])).toBe(false);
    expect(mayMiss([part("worker"), brokenOff])).toBe(true);
    expect(mayMiss([halfAnswer])).toBe(true);
    expect(mayMiss([whole, other])).toBe(false);
    // A source that has nobody any more may have lost everybody.
    expect(mayMiss([aRead([])])).toBe(true);
    expect(besideReads([part("worker"), brokenOff], undefined)?.mayMissRows("employee/7")).toBe(false);
  });

  it("prove nothing beside some workers when only shared addresses were kept", () => {
    const claims = [["both@contoso.com", "employee/2"]] as const;
    const remembered = rememberClaims({ claims, repeated: new Map(), sharedOnly: true }, "run-1", 5);

    expect(besideReads([part("worker")], remembered)?.others("new@contoso.com", "employee/1")).toBe("unknown");
    expect(besideReads([brokenOff], remembered)?.others("both@contoso.com", "employee/1")).toBe("somebody");
  });

  it("are too old beside one worker when everybody was read before the instant that is asked for", () => {
    const remembered = remember([], "run-1", 100);

    expect(areFresh(remembered, [part("worker"), aRead([])], 100)).toBe(true);
    expect(areFresh(remembered, [part("worker"), aRead([])], 101)).toBe(false);
    expect(areFresh(remembered, [aRead([])], 101)).toBe(true);
  });

  it("are too old beside changes when they were made before the whole read from which those count", () => {
    const remembered = remember([], "run-1", 100);

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
    resolveWorkers(people, aPolicy({ people: { employments: "activeWins" } }), aCalendar(), [], {
      others: () => others,
      mayMissRows: () => false,
    });

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
      {
        others: (address, worker) => {
          asked.push(`${address} ${worker}`);
          return "nobody";
        },
        mayMissRows: () => false,
      },
    );
    const shared = aPerson("2", { email: "p1@contoso.com" });

    expect(asked).toEqual(["p1@contoso.com employee/1", "old1@contoso.com employee/1"]);
    expect(resolve([aPerson("1"), shared], "somebody").findings).toHaveLength(2);
  });
});

describe("a read that broke off", () => {
  const policy = aPolicy({
    people: { employments: "activeWins", scope: inDepartment("Payments"), scopeText: "payments" },
  });
  const beside = { others: () => "nobody" as const, mayMissRows: (worker: string) => worker === "employee/1" };

  it("holds whoever had several rows, whatever those say that came", () => {
    const ended = aPerson("1", { status: "ended" });
    const { standings, findings } = resolveWorkers(
      [ended, aPerson("2", { status: "ended" })],
      policy,
      aCalendar(),
      [],
      beside,
    );

    expect(standings.get("employee/1")).toEqual({ kind: "held" });
    expect(standings.get("employee/2")).toMatchObject({ kind: "leaver", code: "leaverStated" });
    expect(findings.map(({ code, worker }) => [code, worker])).toEqual([["rowsMissing", "employee/1"]]);
  });

  it("holds them too when all of their rows that came are left out", () => {
    const leftOut = createLeftOut("hr", { ...policy.people, scopeText: "payments" }, aCalendar());
    for (const number of ["1", "2"]) expect(leftOut.take(aPerson(number, { status: "ended" }))).toBe(true);
    const workers = resolveWorkers([], policy, aCalendar(), [leftOut.rows()], beside);

    const gone = workers.leftOut(["employee/1", "employee/2"]);

    expect([gone.get("employee/1")?.kind, gone.get("employee/2")?.kind]).toEqual(["held", "leaver"]);
    expect(workers.findings.map(({ code }) => code)).toEqual(["rowsMissing"]);
  });
});

describe("the shared claims of workers", () => {
  it("are those of addresses that several claim, one of them within the scope at least", () => {
    const policy = aPolicy({ people: { scope: inDepartment("Payments"), scopeText: "payments" } });
    const outside = { department: "Ledger" };
    const people = [
      aPerson("1", { email: "Ada@contoso.com" }),
      aPerson("2", { email: "ada@contoso.com", ...outside }),
      aPerson("3"),
      aPerson("4", { email: "none@contoso.com", ...outside }),
      aPerson("5", { email: "none@contoso.com", ...outside }),
    ];

    const claims = [...resolveWorkers(people, policy, aCalendar()).sharedClaims()].map(String).sort();

    expect(claims).toEqual(["ada@contoso.com,employee/1", "ada@contoso.com,employee/2"]);
  });
});
