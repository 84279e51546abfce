import { describe, expect, it } from "vitest";
import { createLeftOut } from "../../shared/core/left-out.ts";
import { mergeSources } from "../../shared/core/merge-sources.ts";
import type { Completeness, Person, SpacedRead } from "../../shared/core/person.ts";
import type { Precedence } from "../../shared/core/policy.ts";
import {
  aCalendar,
  aDirectory,
  anAccount,
  aPerson,
  aPlanInput,
  aPolicy,
  aRead,
  without,
} from "../helpers/core-builders.ts";
import { plan } from "../helpers/core-plan.ts";

const precedence: Precedence = { default: ["hr", "entra"], fields: { email: ["entra", "hr"] } };
const rules = aPolicy({ people: { precedence } });

function hr(people: readonly Person[], completeness: Completeness = "complete"): SpacedRead {
  return aRead(people, { completeness });
}

/** Rows of the directory: a worker's number, the address and the object id, and nothing else. */
function entra(people: readonly Person[], completeness: Completeness = "complete"): SpacedRead {
  return aRead(
    people.map((person) => ({ ...person, source: "entra" })),
    { source: "entra", completeness },
  );
}

function inEntra(number: string, fields: Partial<Person> = {}): Person {
  const bare = without(aPerson(number), "givenName", "familyName", "department", "email");
  return { ...bare, email: `entra${number}@contoso.com`, entraObjectId: `object-${number}`, ...fields };
}

function merged(...reads: readonly SpacedRead[]): readonly Person[] {
  return mergeSources(reads, precedence);
}

describe("mergeSources()", () => {
  it("takes each field from the first source of its order that has it", () => {
    expect(merged(entra([inEntra("1", { department: "Elsewhere" })]), hr([aPerson("1", { line: 7 })]))).toEqual([
      aPerson("1", { line: 7, email: "entra1@contoso.com", entraObjectId: "object-1" }),
    ]);
  });

  it("takes a field from the next source where the first one has none, or not the worker", () => {
    expect(merged(hr([aPerson("1"), aPerson("2")]), entra([without(inEntra("1"), "email")]))).toEqual([
      aPerson("1", { entraObjectId: "object-1" }),
      aPerson("2"),
    ]);
  });

  it("waits for no source that cannot hold the worker, read or not", () => {
    const elsewhere = { ...entra([], "incomplete"), spaces: ["contingent"] };

    expect(merged(hr([aPerson("1")]), elsewhere)).toEqual([aPerson("1")]);
    expect(merged(hr([aPerson("1")]), { ...elsewhere, spaces: "any" })[0]?.unreadable).toContain("email");
  });

  it("says that a manager is nowhere only where no source of the field has one", () => {
    const lost = { managerNotFound: true } as const;
    const rows = merged(
      hr([aPerson("1", lost), aPerson("2", lost), aPerson("3"), aPerson("4")]),
      entra([inEntra("2", { manager: "9" }), inEntra("3", lost)], "incomplete"),
    );

    expect(rows.map(({ manager, managerNotFound }) => [manager, managerNotFound])).toEqual([
      [undefined, true],
      ["9", undefined],
      [undefined, true],
      [undefined, undefined],
    ]);
  });

  it("lets nobody appear who is only in a source that adds", () => {
    expect(merged(hr([aPerson("1")]), entra([inEntra("1"), inEntra("2")])).map(({ worker }) => worker)).toEqual([
      "employee/1",
    ]);
  });

  it("takes status and dates from the source whose word counts, and from no other", () => {
    const row = aPerson("1", { startDate: "2026-01-01", endDate: "2026-12-31" });
    const other = inEntra("1", { status: "ended", startDate: "2020-01-01", endDate: "2026-02-01" });

    expect(merged(hr([row]), entra([other]))).toEqual([
      { ...row, email: "entra1@contoso.com", entraObjectId: "object-1" },
    ]);
    expect(merged(hr([aPerson("1", { status: "ended" })]), entra([inEntra("1")]))).toMatchObject([{ status: "ended" }]);
  });

  it("keeps number spaces apart: each has its own source whose word counts", () => {
    const contractor = aPerson("1", { numberSpace: "contingent", source: "agency", email: "c1@contoso.com" });
    const agency = { ...aRead([contractor], { source: "agency" }), spaces: ["contingent"] };
    const order: Precedence = { default: ["hr", "agency", "entra"], fields: {} };
    const directory = {
      ...entra([inEntra("1"), inEntra("1", { numberSpace: "contingent", worker: "contingent/1" })]),
      spaces: "any" as const,
    };
    const people = mergeSources([hr([aPerson("1")]), agency, directory], order);

    expect(people.map(({ worker, source, entraObjectId }) => [worker, source, entraObjectId])).toEqual([
      ["employee/1", "hr", "object-1"],
      ["contingent/1", "agency", "object-1"],
    ]);
  });

  it("leaves a field open that a source may have which was not read completely", () => {
    for (const completeness of ["incomplete", "empty"] as const) {
      const [person] = merged(hr([aPerson("1")]), entra([], completeness));

      expect(person?.unreadable).toContain("email");
      expect(person?.email).toBeUndefined();
      expect(person?.unreadable).not.toContain("department");
    }
  });

  it("leaves a field open that cannot be read in the source that gives it", () => {
    const [person] = merged(hr([aPerson("1")]), entra([without(inEntra("1", { unreadable: ["email"] }), "email")]));

    expect(person?.unreadable).toEqual(["email"]);
    expect(merged(hr([aPerson("1", { unreadable: ["endDate", "email"] })]), entra([inEntra("1")]))).toMatchObject([
      { unreadable: ["endDate"], email: "entra1@contoso.com" },
    ]);
  });

  it("keeps apart what several rows of one source say", () => {
    const rows = merged(hr([aPerson("1")]), entra([inEntra("1"), inEntra("1", { email: "other@contoso.com" })]));
    const many = Array.from({ length: 50 }, (_, index) => inEntra("1", { email: `e${index}@contoso.com` }));

    expect(rows.map(({ email }) => email)).toEqual(["entra1@contoso.com", "other@contoso.com"]);
    expect(merged(hr([aPerson("1")]), entra(many))).toHaveLength(20);
  });

  it("leaves alone the rows of sources that are not merged", () => {
    const stray = aPerson("9", { source: "csv" });

    expect(merged(hr([aPerson("1")]), aRead([stray], { source: "csv" }))).toContainEqual(stray);
    expect(merged({ ...entra([inEntra("1")]), spaces: ["contingent"] })).toEqual([]);
  });

  it("merges rows that were packed under earlier rules as well", () => {
    const leftOut = createLeftOut("hr", { ...aPolicy().people, scopeText: "" }, aCalendar());
    leftOut.take(aPerson("2", { status: "ended" }));
    const read = { ...hr([aPerson("1")]).read, leftOut: leftOut.rows() };

    expect(mergeSources([{ read, spaces: ["employee"] }], precedence)).toHaveLength(2);
  });
});

describe("plan() with sources that are merged", () => {
  const account = anAccount("1", { email: "entra1@contoso.com" });
  const bystander = aPerson("999");

  function changes(...reads: readonly SpacedRead[]) {
    const directory = aDirectory({ users: [account] });
    return plan(aPlanInput({ policy: rules, directory, reads })).changes.filter(
      ({ reason }) => reason.worker === "employee/1",
    );
  }

  it("blocks by an end that the source states whose word counts, whatever the others say or how they were read", () => {
    const ended = aPerson("1", { status: "ended" });

    expect(changes(hr([ended]), entra([inEntra("1")]))).toMatchObject([{ kind: "blockUser" }]);
    expect(changes(hr([ended]), entra([], "incomplete"))).toMatchObject([{ kind: "blockUser" }]);
  });

  it("blocks nobody by an end that a source states which only adds", () => {
    expect(changes(hr([aPerson("1")]), entra([inEntra("1", { status: "ended" })]))).toEqual([]);
  });

  it("takes for absent who is only in a source that adds, once all were read completely", () => {
    expect(changes(hr([bystander]), entra([inEntra("1")]))).toMatchObject([
      { kind: "blockUser", reason: { code: "leaverAbsent", text: "The worker is in no row of hr, read completely" } },
    ]);
    expect(changes(hr([bystander]), entra([inEntra("1")], "incomplete"))).toEqual([]);
    expect(changes(hr([bystander], "incomplete"), entra([inEntra("1")]))).toEqual([]);
  });

  it("changes no address back and forth while the source of addresses cannot be read", () => {
    expect(changes(hr([aPerson("1")]), entra([], "incomplete"))).toEqual([]);
  });

  it("gives nothing where rows of one source contradict each other", () => {
    const both = entra([inEntra("1"), inEntra("1", { email: "other@contoso.com" })]);

    expect(changes(hr([aPerson("1", { givenName: "New" })]), both)).toEqual([]);
  });
});
